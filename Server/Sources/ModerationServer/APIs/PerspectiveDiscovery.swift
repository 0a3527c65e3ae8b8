import JSON

/// The discovery document that Google's client libraries build their methods from.
enum PerspectiveDiscovery {
  /// - Parameter root: the server's address, with a slash at its end
  static func document(root: String) -> JSONValue {
    [
      "kind": "discovery#restDescription", "discoveryVersion": "v1",
      "id": "commentanalyzer:v1alpha1",
      "name": "commentanalyzer", "version": "v1alpha1", "revision": "20251101",
      "title": "Perspective Comment Analyzer API",
      "description": "The analyze and suggestscore methods, served by swift-moderation.",
      "protocol": "rest", "rootUrl": .string(root), "servicePath": "", "baseUrl": .string(root),
      "batchPath": "batch", "ownerDomain": "localhost", "ownerName": "swift-moderation",
      "parameters": parameters,
      "schemas": [
        "AnalyzeCommentRequest": schema("AnalyzeCommentRequest"),
        "AnalyzeCommentResponse": schema("AnalyzeCommentResponse"),
        "SuggestCommentScoreRequest": schema("SuggestCommentScoreRequest"),
        "SuggestCommentScoreResponse": schema("SuggestCommentScoreResponse"),
      ],
      "resources": [
        "comments": [
          "methods": [
            "analyze": method("analyze", "AnalyzeComment"),
            "suggestscore": method("suggestscore", "SuggestCommentScore"),
          ]
        ]
      ],
    ]
  }

  private static var parameters: JSONValue {
    func parameter(_ description: String) -> JSONValue {
      ["type": "string", "location": "query", "description": .string(description)]
    }
    return [
      "key": parameter("API key."), "alt": parameter("Data format of the response: json."),
      "fields": parameter("Passed over."), "quotaUser": parameter("Passed over."),
      "prettyPrint": ["type": "boolean", "location": "query", "description": "Passed over."],
    ]
  }

  private static func method(_ name: String, _ type: String) -> JSONValue {
    [
      "id": .string("commentanalyzer.comments.\(name)"), "httpMethod": "POST",
      "path": .string("v1alpha1/comments:\(name)"),
      "flatPath": .string("v1alpha1/comments:\(name)"),
      "parameters": .object(JSONObject()), "parameterOrder": [],
      "request": ["$ref": .string("\(type)Request")],
      "response": ["$ref": .string("\(type)Response")],
    ]
  }

  /// Clients check nothing against the schemas of bodies; an object may have any members.
  private static func schema(_ id: String) -> JSONValue {
    ["id": .string(id), "type": "object", "additionalProperties": ["type": "any"]]
  }
}

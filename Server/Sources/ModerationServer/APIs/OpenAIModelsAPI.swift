import HTTPTypes
import JSON
import Moderation

/// OpenAI's `GET /v1/models`, which gateways probe.
enum OpenAIModelsAPI {
  static let endpoints = [
    Endpoint(.get, "/v1/models", OpenAIModerationsAPI.dialect) { call in
      Answer(["object": "list", "data": .array(call.models.map { json($0, call) })])
    },
    Endpoint(.get, "/v1/models/{model}", OpenAIModerationsAPI.dialect) { call in
      Answer(json(try call.model(named: call.parameter("model")), call))
    },
  ]

  /// OpenAI's members, and what a page needs to show verdicts: labels with the caller's thresholds, and the
  /// actions in words.
  private static func json(_ model: LoadedModel, _ call: Call) -> JSONValue {
    let bundle = model.moderator.bundle
    let tenant = call.record.current.tenant
    let labels = bundle.labels.map { label -> JSONValue in
      var object = JSONObject()
      object["name"] = .string(label.name)
      object["threshold"] = .number(
        JSONNumber(
          tenant?.model === model
            ? tenant?.thresholds[label.name] ?? label.threshold : label.threshold))
      object["severity"] = .string(label.severity.rawValue)
      object["actions"] = [
        "author": .array(label.authorActions.map(JSONValue.string)),
        "readers": .array(label.readerActions.map(JSONValue.string)),
      ]
      return .object(object)
    }
    var actions = JSONObject()
    for action in bundle.actions { actions[action.id] = .string(action.text) }
    return [
      "id": .string(model.name), "object": "model",
      "created": .number(JSONNumber(model.loadedAt)), "owned_by": "swift-moderation",
      "digest": .string(model.digest), "labels": .array(labels), "actions": .object(actions),
      "maximum_tokens": model.moderator.maximumTokens.map { .number(JSONNumber($0)) } ?? .null,
    ]
  }
}

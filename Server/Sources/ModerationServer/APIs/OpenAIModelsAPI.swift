import HTTPTypes
import JSON

/// OpenAI's `GET /v1/models`, which gateways probe.
enum OpenAIModelsAPI {
  static let endpoints = [
    Endpoint(.get, "/v1/models", OpenAIModerationsAPI.dialect) { call in
      Answer(["object": "list", "data": .array(call.server.models.all.map(json))])
    },
    Endpoint(.get, "/v1/models/{model}", OpenAIModerationsAPI.dialect) { call in
      Answer(json(try call.server.models.model(named: call.parameter("model"))))
    },
  ]

  private static func json(_ model: LoadedModel) -> JSONValue {
    [
      "id": .string(model.name), "object": "model",
      "created": .number(JSONNumber(model.loadedAt)), "owned_by": "swift-moderation",
      "digest": .string(model.digest),
    ]
  }
}

import JSON
import Moderation
import Tensor
import Transformer

/// `GET /info`.
enum TEIInfo {
  static func json(_ call: Call) -> JSONValue {
    let model = call.modelOrFirst(named: nil)
    let (bundle, limits) = (model.moderator.bundle, call.server.limits)
    var (names, ids) = (JSONObject(), JSONObject())
    for (index, label) in bundle.labels.enumerated() {
      names[String(index)] = .string(label.name)
      ids[label.name] = .number(JSONNumber(index))
    }
    func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    return [
      "model_id": .string(bundle.model.name ?? bundle.name), "model_sha": .string(model.digest),
      "model_dtype": .string(model.moderator.encoder?.encoder.precision.rawValue ?? "float32"),
      "served_model_name": .string(model.name),
      "model_type": ["classifier": ["id2label": .object(names), "label2id": .object(ids)]],
      "max_concurrent_requests": number(limits.connections),
      "max_input_length": number(model.moderator.maximumTokens ?? limits.messageTokens),
      "max_batch_tokens": number(limits.batchTokens), "max_batch_requests": .null,
      "max_client_batch_size": number(limits.inputs), "auto_truncate": true,
      "tokenization_workers": 1, "threads": number(call.server.threads),
      "version": .string(Moderator.version), "sha": .null, "docker_label": .null,
    ]
  }
}

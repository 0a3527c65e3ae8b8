/// The routes of the server.
enum Endpoints {
  /// Probes and metrics.
  static let operational: [Endpoint] = OperationalAPI.endpoints + OpenAPI.endpoints

  static let all: [Endpoint] =
    operational + NativeAPI.endpoints + FeedbackAPI.endpoints + OpenAIModerationsAPI.endpoints
    + OpenAIModelsAPI.endpoints
    + OpenAIEmbeddingsAPI.endpoints + MistralAPI.endpoints + PerspectiveAPI.endpoints
    + TEIAPI.endpoints
    + KServeAPI.endpoints + AzureAPI.endpoints + MatrixAPI.endpoints
}

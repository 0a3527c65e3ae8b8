import HTTPTypes

/// The description of all routes in OpenAPI 3.1.
enum OpenAPI {
  static let endpoints = [
    Endpoint(.get, "/openapi.json", OperationalAPI.dialect, isPublic: true) { _ in
      Answer(mediaType: "application/json", bytes: PackageResources.openapi_json)
    }
  ]
}

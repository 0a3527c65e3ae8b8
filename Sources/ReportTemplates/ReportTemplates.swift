/// The page of an evaluation report: its Mustache template, its style and its script.
///
/// It is a module of its own because a compiler takes seconds over files embedded as array
/// literals, and nothing has to wait for them here.
package enum ReportTemplates {
  package static var page: String { text(PackageResources.report_mustache) }
  package static var style: String { text(PackageResources.report_css) }
  package static var script: String { text(PackageResources.report_js) }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

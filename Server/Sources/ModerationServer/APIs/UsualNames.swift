import Moderation

extension APITable {
  /// The names of an API with the labels that a model has for them: the bundle's own table, else by what
  /// labels are usually called. A name for which the model has no label is left out.
  ///
  /// - Parameter api: `perspective`, `openai`, `mistral` or `azure`
  static func entries(_ api: String, of bundle: ModerationBundle) -> [Entry] {
    if let table = bundle.apis.first(where: { $0.api == api }) { return table.entries }
    return (usualNames[api] ?? []).compactMap { name, usual in
      let known = Set(usual + [plain(name)])
      let labels = bundle.labels.map(\.name).filter { known.contains(plain($0)) }
      return labels.isEmpty ? nil : Entry(name: name, labels: labels)
    }
  }

  /// A name in small letters, with one kind of separator.
  private static func plain(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" || $0 == " " || $0 == "/" ? "_" : $0 })
  }

  private static let toxic = [
    "toxic", "toxicity", "offensive", "abusive", "abuse", "insult", "insulting", "harassment",
  ]
  private static let hate = [
    "hate", "hateful", "hate_speech", "identity_attack", "identity_hate", "discrimination",
  ]
  private static let threat = ["threat", "threatening", "threats", "violence"]
  private static let sexual = ["sexual", "sexually_explicit", "sexual_explicit", "nsfw"]
  private static let selfHarm = ["self_harm", "selfharm", "suicide"]

  private static let usualNames: [String: [(name: String, labels: [String])]] = [
    "perspective": [
      ("TOXICITY", ["toxic", "toxicity", "offensive", "abusive", "abuse"]),
      ("SEVERE_TOXICITY", ["severe_toxic"]),
      ("IDENTITY_ATTACK", hate),
      ("INSULT", ["insulting"]),
      ("PROFANITY", ["obscene", "profane"]),
      ("THREAT", threat),
      ("SEXUALLY_EXPLICIT", sexual),
      ("FLIRTATION", []),
      ("SPAM", []),
    ],
    "openai": [
      ("harassment", toxic), ("harassment/threatening", ["threat", "threatening"]),
      ("hate", hate), ("hate/threatening", []), ("illicit", []), ("illicit/violent", []),
      ("self-harm", selfHarm), ("self-harm/instructions", []), ("self-harm/intent", []),
      ("sexual", sexual), ("sexual/minors", []), ("violence", threat), ("violence/graphic", []),
    ],
    "mistral": [
      ("sexual", sexual), ("hate_and_discrimination", hate + toxic),
      ("violence_and_threats", threat), ("dangerous", []), ("criminal", ["illicit"]),
      ("selfharm", selfHarm), ("health", []), ("financial", []), ("law", []), ("pii", []),
      ("jailbreaking", ["jailbreak"]),
    ],
    "azure": [
      ("Hate", hate + toxic), ("SelfHarm", selfHarm), ("Sexual", sexual), ("Violence", threat),
    ],
  ]
}

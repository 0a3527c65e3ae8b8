extension TokenizerClass {
  /// Every class that is known, those that are refused included.
  static let all: [TokenizerClass] =
    [plain] + bertLike + robertaLike + sentencePiece + decoders + byteLevel + refused

  // MARK: Special tokens

  private static func bert(mask: Style = .bare) -> [SpecialToken] {
    [
      SpecialToken(role: "unk_token", content: "[UNK]"),
      SpecialToken(role: "sep_token", content: "[SEP]"),
      SpecialToken(role: "pad_token", content: "[PAD]"),
      SpecialToken(role: "cls_token", content: "[CLS]"),
      SpecialToken(role: "mask_token", content: "[MASK]", style: mask),
    ]
  }

  /// DeBERTa begins and ends with the same tokens by two names.
  private static let deberta =
    [
      SpecialToken(role: "bos_token", content: "[CLS]"),
      SpecialToken(role: "eos_token", content: "[SEP]"),
    ] + bert()

  private static func roberta(
    mask: Style, others: Style = .bare, unknown: String = "<unk>", pad: String = "<pad>"
  ) -> [SpecialToken] {
    [
      SpecialToken(role: "bos_token", content: "<s>", style: others),
      SpecialToken(role: "eos_token", content: "</s>", style: others),
      SpecialToken(role: "sep_token", content: "</s>", style: others),
      SpecialToken(role: "cls_token", content: "<s>", style: others),
      SpecialToken(role: "unk_token", content: unknown, style: others),
      SpecialToken(role: "pad_token", content: pad, style: others),
      SpecialToken(role: "mask_token", content: "<mask>", style: mask),
    ]
  }

  private static let albert = [
    SpecialToken(role: "bos_token", content: "[CLS]"),
    SpecialToken(role: "eos_token", content: "[SEP]"),
    SpecialToken(role: "unk_token", content: "<unk>"),
    SpecialToken(role: "sep_token", content: "[SEP]"),
    SpecialToken(role: "pad_token", content: "<pad>"),
    SpecialToken(role: "cls_token", content: "[CLS]"),
    SpecialToken(role: "mask_token", content: "[MASK]", style: .stripsLeft),
  ]

  private static func tokens(
    unknown: String, beginning: String? = nil, end: String, pad: String? = nil,
    style: Style = .bare
  ) -> [SpecialToken] {
    var tokens = [SpecialToken(role: "unk_token", content: unknown, style: style)]
    if let beginning {
      tokens.append(SpecialToken(role: "bos_token", content: beginning, style: style))
    }
    tokens.append(SpecialToken(role: "eos_token", content: end, style: style))
    if let pad { tokens.append(SpecialToken(role: "pad_token", content: pad, style: style)) }
    return tokens
  }

  // MARK: Classes

  private static let bertLike: [TokenizerClass] =
    [
      ("BertTokenizer", true, bertTypes), ("DistilBertTokenizer", false, ["distilbert"]),
      ("ElectraTokenizer", true, ["electra"]), ("ConvBertTokenizer", true, ["convbert"]),
      ("SqueezeBertTokenizer", true, ["squeezebert"]),
      ("MobileBertTokenizer", true, ["mobilebert"]), ("LayoutLMTokenizer", true, ["layoutlm"]),
      ("LxmertTokenizer", true, ["lxmert"]), ("RealmTokenizer", true, ["realm"]),
      ("RetriBertTokenizer", false, ["retribert"]), ("DPRReaderTokenizer", false, []),
      ("DPRContextEncoderTokenizer", true, []), ("DPRQuestionEncoderTokenizer", true, ["dpr"]),
    ].map { name, hasTypeIDs, types in
      TokenizerClass(
        name: name, modelTypes: types, specialTokens: bert(), normalizer: .caseAccentsAndChinese,
        hasTypeIDs: hasTypeIDs)
    } + [
      TokenizerClass(
        name: "FunnelTokenizer", modelTypes: ["funnel"],
        specialTokens: [
          SpecialToken(role: "unk_token", content: "<unk>"),
          SpecialToken(role: "sep_token", content: "<sep>"),
          SpecialToken(role: "pad_token", content: "<pad>"),
          SpecialToken(role: "cls_token", content: "<cls>"),
          SpecialToken(role: "mask_token", content: "<mask>"),
          SpecialToken(role: "bos_token", content: "<s>"),
          SpecialToken(role: "eos_token", content: "</s>"),
        ], normalizer: .caseAccentsAndChinese),
      TokenizerClass(
        name: "MPNetTokenizer", modelTypes: ["mpnet"],
        specialTokens: roberta(mask: .stripsLeft, others: .plain, unknown: "[UNK]"),
        normalizer: .caseAndAccents, hasTypeIDs: false),
      TokenizerClass(
        name: "SplinterTokenizer", modelTypes: ["splinter"], specialTokens: bert(),
        additionalTokens: ["[QUESTION]"], normalizer: .caseAndAccents),
    ]

  private static let bertTypes = [
    "bert", "align", "bark", "blip", "bros", "chinese_clip", "ernie", "git", "grounding-dino",
    "megatron-bert", "mm-grounding-dino", "nezha", "nomic_bert", "qdqbert", "tvp", "vilt",
    "visual_bert",
  ]

  private static let robertaLike: [TokenizerClass] = [
    TokenizerClass(
      name: "RobertaTokenizer",
      modelTypes: [
        "roberta", "roberta-prelayernorm", "data2vec-text", "ibert", "mega", "mra", "clap",
        "bridgetower",
      ], specialTokens: roberta(mask: .stripsLeft), rulesOffsets: true, hasTypeIDs: false),
    TokenizerClass(
      name: "LongformerTokenizer", modelTypes: ["longformer"],
      specialTokens: roberta(mask: .stripsLeft), rulesOffsets: true, hasTypeIDs: false),
    TokenizerClass(
      name: "BlenderbotTokenizer", modelTypes: ["blenderbot"],
      specialTokens: roberta(mask: .stripsLeft), rulesOffsets: true, hasTypeIDs: false),
    TokenizerClass(
      name: "MvpTokenizer", modelTypes: ["mvp"], specialTokens: roberta(mask: .stripsLeft),
      rulesOffsets: true, hasTypeIDs: false),
    TokenizerClass(
      name: "BartTokenizer", modelTypes: ["bart"],
      specialTokens: roberta(mask: .stripsLeftNormalized), rulesOffsets: true, hasTypeIDs: false),
    TokenizerClass(
      name: "LEDTokenizer", modelTypes: ["led"],
      specialTokens: roberta(mask: .stripsLeftNormalized), rulesOffsets: true, hasTypeIDs: false),
  ]

  private static let sentencePiece: [TokenizerClass] = [
    TokenizerClass(
      name: "XLMRobertaTokenizer",
      modelTypes: ["xlm-roberta", "xlm-roberta-xl", "xmod", "kosmos-2", "metaclip_2"],
      specialTokens: roberta(mask: .stripsLeft), hasTypeIDs: false),
    TokenizerClass(
      name: "CamembertTokenizer", modelTypes: ["camembert"],
      specialTokens: roberta(mask: .stripsLeft),
      additionalTokens: ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"], hasTypeIDs: false),
    TokenizerClass(
      name: "BarthezTokenizer", modelTypes: ["barthez"], specialTokens: roberta(mask: .stripsLeft),
      hasTypeIDs: false),
    TokenizerClass(
      name: "DebertaV2Tokenizer", modelTypes: ["deberta-v2"], specialTokens: deberta),
    TokenizerClass(
      name: "AlbertTokenizer", modelTypes: ["albert", "nystromformer", "yoso"],
      specialTokens: albert, lowercasesPieces: true),
    TokenizerClass(name: "RemBertTokenizer", modelTypes: ["rembert"], specialTokens: albert),
    TokenizerClass(
      name: "BigBirdTokenizer", modelTypes: ["big_bird"],
      specialTokens: [
        SpecialToken(role: "unk_token", content: "<unk>", style: .plain),
        SpecialToken(role: "bos_token", content: "<s>", style: .plain),
        SpecialToken(role: "eos_token", content: "</s>", style: .plain),
        SpecialToken(role: "pad_token", content: "<pad>", style: .plain),
        SpecialToken(role: "sep_token", content: "[SEP]", style: .plain),
        SpecialToken(role: "mask_token", content: "[MASK]", style: .stripsLeft),
        SpecialToken(role: "cls_token", content: "[CLS]", style: .plain),
      ], hasTypeIDs: false),
    TokenizerClass(
      name: "FNetTokenizer", modelTypes: ["fnet"],
      specialTokens: [
        SpecialToken(role: "unk_token", content: "<unk>"),
        SpecialToken(role: "sep_token", content: "[SEP]", style: .plain),
        SpecialToken(role: "pad_token", content: "<pad>"),
        SpecialToken(role: "cls_token", content: "[CLS]", style: .plain),
        SpecialToken(role: "mask_token", content: "[MASK]", style: .stripsLeft),
      ]),
    TokenizerClass(
      name: "XLNetTokenizer", modelTypes: ["xlnet"],
      specialTokens: [
        SpecialToken(role: "bos_token", content: "<s>"),
        SpecialToken(role: "eos_token", content: "</s>"),
        SpecialToken(role: "unk_token", content: "<unk>"),
        SpecialToken(role: "sep_token", content: "<sep>"),
        SpecialToken(role: "pad_token", content: "<pad>"),
        SpecialToken(role: "cls_token", content: "<cls>"),
        SpecialToken(role: "mask_token", content: "<mask>", style: .stripsLeft),
      ], additionalTokens: ["<eop>", "<eod>"]),
    t5("T5Tokenizer", ["t5", "umt5", "longt5", "switch_transformers", "musicgen", "pix2struct"]),
    t5("MT5Tokenizer", ["mt5"]),
  ]

  private static func t5(_ name: String, _ types: [String]) -> TokenizerClass {
    TokenizerClass(
      name: name, modelTypes: types,
      specialTokens: tokens(unknown: "<unk>", end: "</s>", pad: "<pad>"),
      additionalTokens: (0..<100).map { "<extra_id_\($0)>" }, rulesPrefixSpace: false,
      hasTypeIDs: false)
  }

  /// Classes that write the template of beginning and end themselves.
  private static let decoders: [TokenizerClass] = [
    TokenizerClass(
      name: "LlamaTokenizer",
      modelTypes: [
        "llama", "llama4", "llama4_text", "mistral", "mistral3", "ministral", "mixtral", "phi3",
        "phimoe", "persimmon", "jamba", "zamba", "zamba2", "deepseek_v2", "deepseek_v3",
        "ernie4_5", "diffllama", "arcee",
      ], specialTokens: tokens(unknown: "<unk>", beginning: "<s>", end: "</s>"),
      ends: .beginningAndEnd(addsBeginning: true, addsEnd: false), rulesPrefixSpace: false,
      hasTypeIDs: false),
    TokenizerClass(
      name: "GemmaTokenizer",
      modelTypes: [
        "gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "gemma3n_text", "t5gemma",
        "recurrent_gemma", "shieldgemma2", "siglip2",
      ], specialTokens: tokens(unknown: "<unk>", beginning: "<bos>", end: "<eos>", pad: "<pad>"),
      ends: .beginningAndEnd(addsBeginning: true, addsEnd: false), hasTypeIDs: false),
    TokenizerClass(
      name: "GPTNeoXTokenizer",
      modelTypes: [
        "gpt_neox", "mamba", "mamba2", "falcon_mamba", "mpt", "olmo", "olmo2", "olmoe", "rwkv",
        "stablelm", "xlstm",
      ],
      specialTokens: tokens(
        unknown: "<|endoftext|>", beginning: "<|endoftext|>", end: "<|endoftext|>"),
      ends: .beginningAndEnd(addsBeginning: false, addsEnd: false), hasTypeIDs: false),
  ]

  private static let byteLevel: [TokenizerClass] = [
    TokenizerClass(name: "DebertaTokenizer", modelTypes: ["deberta"], specialTokens: deberta),
    TokenizerClass(
      name: "Qwen2Tokenizer",
      modelTypes: [
        "qwen2", "qwen2_moe", "qwen2_vl", "qwen2_5_vl", "qwen3", "qwen3_moe", "qwen3_next",
        "qwen3_vl", "colqwen2",
      ],
      specialTokens: tokens(
        unknown: "<|endoftext|>", end: "<|endoftext|>", pad: "<|endoftext|>", style: .plain),
      hasTypeIDs: false),
    TokenizerClass(
      name: "GPT2Tokenizer",
      modelTypes: [
        "gpt2", "gpt_neo", "gpt_bigcode", "gptj", "opt", "starcoder2", "exaone4", "dbrx", "olmo3",
        "flex_olmo", "minimax",
      ],
      specialTokens: tokens(
        unknown: "<|endoftext|>", beginning: "<|endoftext|>", end: "<|endoftext|>"),
      hasTypeIDs: false),
    TokenizerClass(
      name: "HerbertTokenizer", modelTypes: ["herbert"],
      specialTokens: [
        SpecialToken(role: "cls_token", content: "<s>"),
        SpecialToken(role: "unk_token", content: "<unk>"),
        SpecialToken(role: "pad_token", content: "<pad>"),
        SpecialToken(role: "mask_token", content: "<mask>"),
        SpecialToken(role: "sep_token", content: "</s>"),
      ]),
    TokenizerClass(
      name: "OpenAIGPTTokenizer", modelTypes: ["openai-gpt"],
      specialTokens: [SpecialToken(role: "unk_token", content: "<unk>")], hasTypeIDs: false),
  ]

  private typealias Refusal = (reason: String, classes: [(name: String, modelTypes: [String])])

  private static let refusals: [Refusal] =
    [
      (
        "puts the token of a language around a text",
        [
          ("MBartTokenizer", ["mbart"]), ("MBart50Tokenizer", ["mbart50"]),
          ("NllbTokenizer", ["nllb", "nllb-moe"]),
          ("SeamlessM4TTokenizer", ["seamless_m4t", "seamless_m4t_v2"]),
        ]
      ),
      ("cuts words with Jieba", [("RoFormerTokenizer", ["roformer"])]),
      (
        "takes the places of words on a page",
        [
          ("LayoutLMv2Tokenizer", ["layoutlmv2"]), ("LayoutLMv3Tokenizer", ["layoutlmv3", "lilt"]),
          ("LayoutXLMTokenizer", ["layoutxlm"]), ("MarkupLMTokenizer", ["markuplm"]),
          ("UdopTokenizer", ["udop"]),
        ]
      ),
      (
        "has no form in tokenizer.json: transformers runs it as Python code",
        [
          ("BertJapaneseTokenizer", ["bert-japanese"]), ("BertweetTokenizer", ["bertweet"]),
          ("PhobertTokenizer", ["phobert"]), ("BertGenerationTokenizer", ["bert-generation"]),
          ("CanineTokenizer", ["canine"]), ("ByT5Tokenizer", ["byt5"]), ("EsmTokenizer", ["esm"]),
          ("FlaubertTokenizer", ["flaubert"]), ("XLMTokenizer", ["xlm"]),
          ("LukeTokenizer", ["luke"]), ("MLukeTokenizer", ["mluke"]), ("TapasTokenizer", ["tapas"]),
          ("RoCBertTokenizer", ["roc_bert"]), ("ErnieMTokenizer", ["ernie_m"]),
          ("ProphetNetTokenizer", ["prophetnet"]), ("M2M100Tokenizer", ["m2m_100"]),
          ("MarianTokenizer", ["marian"]), ("CTRLTokenizer", ["ctrl"]),
          ("BioGptTokenizer", ["biogpt"]), ("BartphoTokenizer", ["bartpho"]),
        ]
      ),
    ]

  private static let refused: [TokenizerClass] = refusals.flatMap { refusal in
    refusal.classes.map {
      TokenizerClass(name: $0.name, modelTypes: $0.modelTypes, refusal: refusal.reason)
    }
  }
}

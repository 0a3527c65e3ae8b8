internal import JSON
public import Tensor

/// What `config.json` says of an encoder, by Hugging Face's names and defaults.
public struct EncoderConfiguration: Sendable {
  /// Architectures that share their code here.
  public enum Family: String, Sendable {
    case bert
    case mpnet
    /// XLM-RoBERTa, RoBERTa and CamemBERT.
    case roberta
    case debertaV2 = "deberta-v2"
  }

  public let family: Family
  public let vocabularySize: Int
  public let hiddenSize: Int
  public let layerCount: Int
  public let headCount: Int
  public let intermediateSize: Int
  public let activation: Activation
  /// Rows of the table of positions; also the bound of what DeBERTa's relative positions default to.
  public let maximumPositions: Int
  /// Rows of the table of token types; 0 where there is none.
  public let typeCount: Int
  public let normEpsilon: Float
  public let paddingID: Int32
  public let relative: RelativeAttention
  /// What the layers run in: the caller's choice, not the file's.
  public internal(set) var precision = Precision.float32

  public var headSize: Int { hiddenSize / headCount }

  /// How attention sees distance.
  public enum RelativeAttention: Sendable {
    case none
    /// One table `[buckets, heads]` of biases for all layers, as in T5 (arXiv:1910.10683).
    case biasTable(buckets: Int, maximumDistance: Int)
    case disentangled(Disentangled)
  }

  /// DeBERTa's attention (arXiv:2006.03654, arXiv:2111.09543).
  public struct Disentangled: Sendable {
    public let contentToPosition: Bool
    public let positionToContent: Bool
    public let sharesContentProjections: Bool
    public let normalizesEmbeddings: Bool
    /// 0 where distances are not put in buckets.
    public let buckets: Int
    public let maximumDistance: Int
    /// Whether the model has relative embeddings at all.
    public let isRelative: Bool
    /// Whether absolute positions are added to the input.
    public let hasAbsolutePositions: Bool
    public let embeddingSize: Int
    public let convolution: Convolution?

    /// Rows on each side of distance 0 in the table of relative embeddings.
    public var span: Int { buckets > 0 ? buckets : maximumDistance }
  }

  /// The convolution beside the first layer of DeBERTa-v2 xlarge.
  public struct Convolution: Sendable {
    public let kernelSize: Int
    public let groups: Int
    public let activation: Activation
  }

  /// The longest message, special tokens included; nil where positions do not bound it.
  public var maximumTokens: Int? {
    switch family {
    case .bert: maximumPositions
    case .mpnet, .roberta: maximumPositions - Int(paddingID) - 1
    case .debertaV2:
      if case .disentangled(let attention) = relative, attention.hasAbsolutePositions {
        maximumPositions
      } else {
        nil
      }
    }
  }

  init(_ file: ConfigurationFile) throws(TransformerError) {
    let type = try file.read { json throws(JSONError) in try json.string("model_type") }
    switch type {
    case "bert": family = .bert
    case "mpnet": family = .mpnet
    case "xlm-roberta", "roberta", "camembert": family = .roberta
    case "deberta-v2": family = .debertaV2
    default: throw file.unsupported("model_type", type)
    }
    let isDeberta = family == .debertaV2
    func size(
      _ key: String, default fallback: Int? = nil, minimum: Int = 1
    ) throws(TransformerError) -> Int {
      let value = try file.read { json throws(JSONError) in
        if let fallback { try json.optionalInt(key) ?? fallback } else { try json.int(key) }
      }
      guard value >= minimum, value < 1 << 31 else { throw file.unsupported(key, "\(value)") }
      return value
    }
    vocabularySize = try size("vocab_size")
    hiddenSize = try size("hidden_size")
    layerCount = try size("num_hidden_layers", minimum: 0)
    headCount = try size("num_attention_heads")
    intermediateSize = try size("intermediate_size")
    maximumPositions = try size("max_position_embeddings", default: 512)
    guard hiddenSize % headCount == 0 else {
      throw .inconsistent(
        file: file.path,
        reason: "hidden_size \(hiddenSize) is not a multiple of num_attention_heads \(headCount)")
    }
    activation = try Self.activation("hidden_act", default: "gelu", in: file)
    let values = try file.read { json throws(JSONError) in
      (
        types: try json.optionalInt("type_vocab_size"),
        epsilon: try json.optionalDouble("layer_norm_eps"),
        padding: try json.optionalInt("pad_token_id"),
        positions: try json.optionalString("position_embedding_type"),
        isDecoder: try json.optionalBool("is_decoder")
      )
    }
    typeCount =
      switch family {
      case .mpnet: 0
      case .debertaV2: max(0, values.types ?? 0)
      case .bert, .roberta: max(0, values.types ?? 2)
      }
    normEpsilon = Float(values.epsilon ?? (isDeberta ? 1e-7 : 1e-12))
    guard let padding = Int32(exactly: values.padding ?? (family == .bert || isDeberta ? 0 : 1)),
      padding >= 0, Int(padding) < maximumPositions - 1 || isDeberta || family == .bert
    else { throw file.unsupported("pad_token_id", "\(values.padding ?? 0)") }
    paddingID = padding
    if let positions = values.positions, positions != "absolute" {
      throw file.unsupported("position_embedding_type", positions)
    }
    if values.isDecoder == true { throw file.unsupported("is_decoder", "true") }

    switch family {
    case .bert, .roberta: relative = .none
    case .mpnet:
      relative = .biasTable(
        buckets: try size("relative_attention_num_buckets", default: 32), maximumDistance: 128)
    case .debertaV2:
      relative = .disentangled(
        try Disentangled(file, hiddenSize: hiddenSize, maximumPositions: maximumPositions))
    }
  }

  static func activation(
    _ key: String, default fallback: String, in file: ConfigurationFile
  ) throws(TransformerError) -> Activation {
    let name = try file.read { json throws(JSONError) in try json.optionalString(key) ?? fallback }
    switch name {
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh": return .geluTanh
    case "relu": return .relu
    case "tanh": return .tanh
    case "silu", "swish": return .silu
    case "linear": return .none
    default: throw file.unsupported(key, name)
    }
  }
}

extension EncoderConfiguration.Disentangled {
  init(
    _ file: ConfigurationFile, hiddenSize: Int, maximumPositions: Int
  ) throws(TransformerError) {
    let read = try file.read { json throws(JSONError) in
      (
        types: json["pos_att_type"],
        shares: try json.optionalBool("share_att_key") ?? false,
        norm: try json.optionalString("norm_rel_ebd") ?? "none",
        buckets: try json.optionalInt("position_buckets") ?? -1,
        distance: try json.optionalInt("max_relative_positions") ?? -1,
        isRelative: try json.optionalBool("relative_attention") ?? false,
        absolute: try json.optionalBool("position_biased_input") ?? true,
        embedding: try json.optionalInt("embedding_size") ?? hiddenSize,
        kernel: try json.optionalInt("conv_kernel_size") ?? 0,
        groups: try json.optionalInt("conv_groups") ?? 1,
        attentionHead: try json.optionalInt("attention_head_size")
      )
    }
    // Either a list or one string with bars: "p2c|c2p".
    let types: [String]
    switch read.types {
    case nil, .null?: types = []
    case .string(let text)?:
      types = text.lowercased().split(separator: "|").map {
        String($0.drop(while: { $0 == " " }).prefix(while: { $0 != " " }))
      }
    default:
      types = try file.read { json throws(JSONError) in try json.strings("pos_att_type") }
    }
    if let unknown = types.first(where: { $0 != "c2p" && $0 != "p2c" }) {
      throw file.unsupported("pos_att_type", unknown)
    }
    let bound = 1 << 24
    guard read.buckets < bound, read.distance < bound, read.embedding > 0, read.embedding < bound,
      read.kernel < bound
    else { throw .inconsistent(file: file.path, reason: "a size beyond any model's") }
    if let head = read.attentionHead,
      head
        * (try file.read { json throws(JSONError) in
          try json.int("num_attention_heads")
        }) != hiddenSize
    {
      throw file.unsupported("attention_head_size", "\(head)")
    }
    contentToPosition = types.contains("c2p")
    positionToContent = types.contains("p2c")
    sharesContentProjections = read.shares
    normalizesEmbeddings = read.norm.lowercased().split(separator: "|").contains {
      $0.split(separator: " ").first == "layer_norm"
    }
    buckets = max(0, read.buckets)
    maximumDistance = read.distance < 1 ? maximumPositions : read.distance
    isRelative = read.isRelative
    hasAbsolutePositions = read.absolute
    embeddingSize = read.embedding
    if read.kernel > 0 {
      guard read.groups > 0, hiddenSize % read.groups == 0, read.kernel % 2 == 1 else {
        throw .inconsistent(
          file: file.path,
          reason: "conv_groups \(read.groups) or conv_kernel_size \(read.kernel) does not fit")
      }
      convolution = EncoderConfiguration.Convolution(
        kernelSize: read.kernel, groups: read.groups,
        activation: try EncoderConfiguration.activation("conv_act", default: "tanh", in: file))
    } else {
      convolution = nil
    }
  }
}

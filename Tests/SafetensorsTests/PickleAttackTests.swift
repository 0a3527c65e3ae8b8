import Testing

@testable import Safetensors

@Suite struct PickleAttackTests {
  private static let valid = Pickle.dictionary(Pickle.tensor())

  @Test func `the valid file that the attacks are made from opens`() throws {
    let checkpoint = try Checkpoint(bytes: archive(Self.valid).bytes)
    #expect(checkpoint.names == ["a"])
    #expect(try checkpoint.tensor(named: "a").floats() == [0, 0, 0, 0])
  }

  /// A pickle, and words of the error that it must end with.
  struct Attack: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let pickle: [UInt8]
    let words: String

    init(_ name: String, _ words: String, _ pickle: [UInt8]) {
      (testDescription, self.words, self.pickle) = (name, words, pickle)
    }

    /// A call of a function with one text, as exploits have it.
    init(calling module: String, _ name: String) {
      self.init(
        "\(module).\(name)", "global \(module).\(name)",
        [0x80, 2] + Pickle.global(module, name) + Pickle.text("touch /tmp/x") + [0x85]
          + Array("R.".utf8))
    }

    /// An operation that files of weights do not need.
    init(operation: String, _ code: UInt8, _ rest: [UInt8] = []) {
      self.init(
        operation, "operation \(operation)", [0x80, 2] + [UInt8(ascii: "N"), code] + rest)
    }
  }

  static let attacks: [Attack] = [
    Attack(calling: "os", "system"),
    Attack(calling: "posix", "system"),
    Attack(calling: "nt", "system"),
    Attack(calling: "builtins", "eval"),
    Attack(calling: "builtins", "exec"),
    Attack(calling: "builtins", "getattr"),
    Attack(calling: "builtins", "__import__"),
    Attack(calling: "__builtin__", "eval"),
    Attack(calling: "subprocess", "Popen"),
    Attack(calling: "runpy", "_run_code"),
    Attack(calling: "importlib", "import_module"),
    Attack(calling: "webbrowser", "open"),
    Attack(calling: "torch", "load"),
    Attack(calling: "torch.hub", "load"),
    Attack(calling: "torch._utils", "_rebuild_from_type_v2"),
    Attack(calling: "numpy.core.multiarray", "_reconstruct"),
    Attack(
      "STACK_GLOBAL os.system", "global os.system",
      [0x80, 4] + Pickle.text("os") + Pickle.text("system") + [0x93] + Array(".".utf8)),
    Attack(
      "a global with control characters", "global os.sys?[31m",
      [0x80, 2] + Pickle.global("os", "sys\u{1B}[31m") + Array(".".utf8)),
    Attack(operation: "INST", 0x69, Array("os\nsystem\n.".utf8)),
    Attack(operation: "OBJ", 0x6F),
    Attack(operation: "NEWOBJ", 0x81),
    Attack(operation: "NEWOBJ_EX", 0x92),
    Attack(operation: "EXT1", 0x82, [1]),
    Attack(operation: "PERSID", 0x50, Array("x\n.".utf8)),
    Attack(operation: "LONG4", 0x8B, [0xFF, 0xFF, 0xFF, 0x7F]),
    Attack(operation: "BINBYTES8", 0x8E, [UInt8](repeating: 0xFF, count: 8)),
    Attack(operation: "BYTEARRAY8", 0x96, [UInt8](repeating: 0xFF, count: 8)),
    Attack(operation: "DUP", 0x32),
    Attack("an unknown operation", "operation 0xff", [0x80, 2, 0xFF]),
    Attack("a protocol to come", "protocol 9", [0x80, 9]),
    Attack("an empty pickle", "cut", []),
    Attack("no end", "cut", [0x80, 2] + Array("}".utf8)),
    Attack("bytes behind the end", "follow the end", valid + [0]),
    Attack("two values at the end", "ends with 2 values", [0x80, 2] + Array("NN.".utf8)),
    Attack("a call of a text", "no function", [0x80, 2] + Pickle.text("os") + Array(")R.".utf8)),
    Attack(
      "a call of a storage class", "storage class",
      [0x80, 2] + Pickle.global("torch", "FloatStorage") + Array(")R.".utf8)),
    Attack(
      "state for a tensor", "BUILD", [0x80, 2] + Pickle.tensor() + Array("}b.".utf8)),
    Attack("a text longer than the pickle", "cut", [0x80, 2, 0x58, 0xFF, 0xFF, 0xFF, 0x7F, 0x61]),
    Attack("a text that is not UTF-8", "UTF-8", [0x80, 2, 0x58, 1, 0, 0, 0, 0xFF]),
    Attack(
      "a number of 255 bytes", "number of 255",
      [0x80, 2, 0x8A, 255] + [UInt8](repeating: 1, count: 255)),
    Attack(
      "a value used before it is kept", "before it is kept", [0x80, 2] + Array("h\u{7}.".utf8)),
    Attack("an end without a mark", "without a mark", [0x80, 2] + Array("t.".utf8)),
    Attack("an item for a number", "no dictionary", [0x80, 2] + Array("K\u{1}NNs.".utf8)),
    Attack("a key without a value", "without a value", [0x80, 2] + Array("}(Nu.".utf8)),
    Attack("an operation below a mark", "empty stack", [0x80, 2] + Array("N(".utf8) + [0x85]),
    Attack("a list at the root", "no dictionary of tensors", [0x80, 2] + Array("].".utf8)),
    Attack("no tensors", "no dictionary of tensors", [0x80, 2] + Array("}.".utf8)),
    Attack(
      "a storage of another class", "names no storage",
      Pickle.dictionary(Pickle.tensor(storage: Pickle.global("collections", "OrderedDict")))),
    Attack(
      "a storage of a negative size", "names no storage",
      Pickle.dictionary(Pickle.tensor(count: -4))),
    Attack(
      "a storage that is not there", "no entry data/9", Pickle.dictionary(Pickle.tensor(key: "9"))),
    Attack(
      "a storage of another folder", "no entry data/../data.pkl",
      Pickle.dictionary(Pickle.tensor(key: "../data.pkl"))),
    Attack(
      "a storage larger than its entry", "need 4096", Pickle.dictionary(Pickle.tensor(count: 1024))),
    Attack(
      "a storage whose size overflows", "span",
      Pickle.dictionary(Pickle.tensor(count: .max))),
    Attack(
      "a shape beyond its storage", "leave its storage",
      Pickle.dictionary(Pickle.tensor(shape: [5]))),
    Attack(
      "an offset beyond its storage", "leave its storage",
      Pickle.dictionary(Pickle.tensor(offset: 1))),
    Attack("a negative offset", "leave its storage", Pickle.dictionary(Pickle.tensor(offset: -1))),
    Attack(
      "a negative stride", "leave its storage",
      Pickle.dictionary(Pickle.tensor(offset: 3, strides: [-1]))),
    Attack(
      "a stride that overflows", "leave its storage",
      Pickle.dictionary(Pickle.tensor(strides: [.max]))),
    Attack(
      "a shape that overflows", "can have the shape",
      Pickle.dictionary(Pickle.tensor(shape: [1 << 40, 1 << 40], strides: [0, 0]))),
    Attack(
      "a shape that repeats one element without end", "leave its storage",
      Pickle.dictionary(Pickle.tensor(shape: [1 << 40], strides: [0]))),
    Attack(
      "a negative shape", "can have the shape", Pickle.dictionary(Pickle.tensor(shape: [-1]))),
    Attack(
      "strides for another number of dimensions", "wrong kind",
      Pickle.dictionary(Pickle.tensor(shape: [2, 2]))),
    Attack(
      "a name twice", "repeated",
      [0x80, 2] + Array("}(".utf8) + Pickle.text("a") + Pickle.tensor() + Pickle.text("a")
        + Pickle.tensor() + Array("u.".utf8)),
  ]

  @Test(arguments: attacks) func `a hostile pickle ends in an error that names the cause`(
    attack: Attack
  ) {
    let found = error(archive(attack.pickle).bytes)?.description
    #expect(found?.contains(attack.words) == true, "\(found ?? "no error")")
  }

  @Test func `a pickle nested a million levels deep ends in an error`() {
    let tuples = [0x80, 2] + Array(")".utf8) + [UInt8](repeating: 0x85, count: 1_000_000)
    #expect(error(archive(tuples + Array(".".utf8)).bytes) != nil)
    let lists = [0x80, 2] + [UInt8](repeating: UInt8(ascii: "]"), count: 500_000)
    let appends = [UInt8](repeating: UInt8(ascii: "a"), count: 499_999)
    #expect(error(archive(lists + appends + Array(".".utf8)).bytes) != nil)
  }

  @Test func `a dictionary that holds itself ends in an error`() {
    let pickle =
      [0x80, 2] + Array("}q\u{0}".utf8) + Pickle.text("state_dict") + Array("h\u{0}s.".utf8)
    #expect(error(archive(pickle).bytes)?.description.contains("no dictionary of tensors") == true)
  }

  @Test func `views that would need more memory than the file has are refused`() {
    var pickle = [0x80, 2] + Array("}(".utf8)
    for index in 0..<200 {
      let view = Pickle.tensor(count: 400, shape: [2, 200], strides: [1, 2])
      pickle += Pickle.text("view \(index)") + view
    }
    let file = archive(pickle + Array("u.".utf8), storage: [UInt8](repeating: 0, count: 1600))
    #expect(error(file.bytes)?.description.contains("larger than it is") == true)
  }
}

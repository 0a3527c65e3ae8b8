import Foundation
import TestSupport
import Testing

@testable import Moderation

@Suite struct DigestTests {
  /// FIPS 180-4's own examples, and lengths around the block; values of Python's hashlib.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `Known texts have their known digests`(text: String, digest: String) {
    #expect(SHA256.digest(of: Array(text.utf8)) == digest)
  }

  @Test(arguments: [
    (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
    (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (1000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
  ])
  func `Lengths around a block are padded right, whatever the pieces`(count: Int, digest: String) {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    #expect(SHA256.digest(of: bytes) == digest)
    var pieces = SHA256()
    for byte in bytes { pieces.update(CollectionOfOne(byte)) }
    #expect(pieces.finish() == digest)
  }

  /// The cases 1, 2 and 6 of RFC 4231.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `A text's digest under a key is HMAC-SHA256`(key: [UInt8], text: String, digest: String) {
    #expect(KeyedDigest(key: key).digest(of: text) == digest)
  }

  @Test func `A bundle's files are compared with what it expects`() throws {
    let folder = try TemporaryFolder()
    try folder.write("abc", to: "good")
    try folder.write("abd", to: "model/bad")
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    var bundle = ModerationBundle.directions
    bundle.files = [
      FileDigest(path: "good", sha256: digest), FileDigest(path: "absent", sha256: digest),
    ]
    bundle.model.files = [FileDigest(path: "bad", sha256: digest)]
    try folder.write(bundle.encoded(), to: ModerationBundle.fileName)
    let found = try ModelSource(contentsOf: folder.url).verify()
    #expect(found.count == 3)
    #expect(found[0].problem == nil)
    guard case .unreadable? = found[1].problem, case .digestMismatch? = found[2].problem else {
      Issue.record("\(found)")
      return
    }
  }
}

import CPISJSON
import Foundation
import Testing

@Suite("Agreement with Foundation")
struct JSONAgreementTests {
  /// What Foundation accepts and we refuse, on purpose. If it ever refuses one, the comment on ``JSONDocument`` has to change.
  static let laxities = ["{\"a\":1,\"a\":2}", "{\"a\":1,}", "[1,]"]

  @Test("What both read has the same meaning; what only Foundation reads is one of the known laxities")
  func cases() throws {
    for sample in JSONCaseTests.accepted {
      // Foundation does not take numbers that no double can hold.
      guard let theirs = try? JSONSerialization.jsonObject(with: Data(sample.bytes), options: .fragmentsAllowed)
      else {
        #expect(String(decoding: sample.bytes, as: UTF8.self).contains("e999"), "\(sample.testDescription)")
        continue
      }
      let ours = try Model(try JSONDocument(sample.bytes).root)
      // Its dictionaries take two ways to write an accent for one key.
      if !sample.testDescription.contains("\u{E9}") {
        #expect(ours.agrees(with: theirs), "\(sample.testDescription)")
      }
    }
  }

  @Test("Foundation's decoder still takes what a reader of a register must not", arguments: laxities)
  func stillLax(text: String) throws {
    let bytes = Array(text.utf8)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
    #expect(throws: JSONError.self) { try JSONDocument(bytes) }
  }

  @Test(
    "Random changes to a text: whatever we read, Foundation reads as the same", arguments: 0..<20 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    var random = Model.Random(state: seed)
    let alphabet = Array("{}[]\",:0123456789.eE+-\\utnrfalse \u{E9}".utf8)
    var read = 0
    for _ in 0..<500 {
      var bytes = Model.object(random.members(depth: 2)).written
      for _ in 0..<random.below(3) where !bytes.isEmpty {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = alphabet[random.below(alphabet.count)]
        case 1: bytes.remove(at: place)
        default: bytes.insert(alphabet[random.below(alphabet.count)], at: place)
        }
      }
      guard let document = try? JSONDocument(bytes) else { continue }
      read += 1
      let ours = try Model(document.root)
      guard let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
        #expect(ours.hasHugeNumber, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        continue
      }
      #expect(ours.agrees(with: theirs), "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(read > 100, "enough of the changed texts must still be JSON")
  }
}

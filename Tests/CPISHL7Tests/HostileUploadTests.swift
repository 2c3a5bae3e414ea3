import CPIS
import CPISHL7
import CPISTestSupport
import Foundation
import Testing

@Suite("Attempts to break the upload reader")
struct HostileUploadTests {
  @Test(
    "A damaged upload is read alike however it is cut, and nothing of a patient is in what is told",
    arguments: 0..<4)
  func fuzz(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) &+ 5)
    let sample = try SampleFiles.firstRecord(of: "leeds")
    let secret = "ZZQX9990000018"
    let words = [
      "<\(secret)>", "</\(secret)>", "\(secret)", " \(secret)=\"\(secret)\"", "&\(secret);", "<!--\(secret)-->",
      "<?\(secret)?>",
      "<![CDATA[\(secret)]]>", "<!DOCTYPE \(secret)>", "\"", "'", "<", ">", "/>", "xmlns:\(secret)=\"\(secret)\"",
      "&#x110000;", "&#0;", "\u{0}",
    ]
    for _ in 0..<500 {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
        case 1:
          // In place of an attribute's value.
          let quotes = bytes.indices.filter { bytes[$0] == 0x22 }
          guard let at = quotes.indices.filter({ $0 % 2 == 0 }).randomElement(using: &random), at + 1 < quotes.count
          else { continue }
          bytes.replaceSubrange((quotes[at] + 1)..<quotes[at + 1], with: Array(secret.utf8))
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...60, using: &random)))
        default: bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
      }
      let whole = Reading(bytes)
      let cut = Reading(bytes, piece: Int.random(in: 1...40, using: &random))
      #expect(whole.error?.code == cut.error?.code && whole.records.count == cut.records.count)
      if let error = whole.error {
        let text = "\(error.displayText) \(error.xPath) \(error)"
        #expect(!text.contains("ZZQX") && !text.contains("999000001"), "\(text)")
      }
      for read in whole.records {
        do throws(UploadFault) { _ = try read.record.validated(on: UnitedKingdomTime.day(at: sampleTime)) } catch {
          let text = "\(error.description) \(error.xPath(inRecord: 1)) \(error)"
          #expect(!text.contains("ZZQX") && !text.contains("999000001"), "\(text)")
        }
      }
    }
  }
}

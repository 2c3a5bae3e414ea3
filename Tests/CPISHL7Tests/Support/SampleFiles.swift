import CPIS
import CPISHL7
import Foundation

/// The sample uploads that the project ships.
enum SampleFiles {
  static let names = ["tower-hamlets", "leeds", "kent"]

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(
      try Data(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
          .appending(path: "../../../Sources/CPISTool/Resources/\(name).xml")))
  }

  /// A sample cut down to its first record, for tests that go through it byte by byte.
  static func firstRecord(of name: String) throws -> [UInt8] {
    let text = try text(name)
    guard let end = text.range(of: "</record>") else { return [] }
    let start = text[..<end.upperBound]
    return Array(
      (start + "\n</File>\n").replacing(
        /transmissionQuantity value="\d+"/, with: "transmissionQuantity value=\"1\""
      ).utf8)
  }

  static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
}

/// What reading an upload gave, part by part.
struct Reading {
  var header: UploadHeader?
  var records: [ReadRecord] = []
  var summary: UploadSummary?
  var error: UploadReadingError?

  init(_ bytes: some Collection<UInt8>, piece: Int = .max, limits: UploadLimits = UploadLimits()) {
    var reader = UploadReader(limits: limits)
    do throws(UploadReadingError) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let next = rest.prefix(piece)
        rest = rest.dropFirst(next.count)
        try reader.read(next) { part in
          switch part {
          case .header(let header): self.header = header
          case .record(let record): records.append(record)
          }
        }
      }
      summary = try reader.finish()
    } catch {
      self.error = error
    }
  }

  init(_ text: String, limits: UploadLimits = UploadLimits()) { self.init(Array(text.utf8), limits: limits) }
}

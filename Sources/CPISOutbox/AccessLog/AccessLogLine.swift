#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS
internal import CPISDigests

/// One line of the log: a hash, a space, a JSON object, a line feed.
///
/// The hash is SHA-256 over the hash of the line before (32 zero bytes before the first) and the object's bytes as
/// they stand, so that anybody can check it with the tools of any system.
struct AccessLogLine {
  /// What is written. The order of the names is that of the alphabet.
  private struct Record: Encodable {
    let author: String
    let authorKind: String
    let number: UInt64
    let organisation: String
    let outcome: String
    let patient: String?
    let role: String?
    let setting: String
    let source: String?
    let time: String
    let trace: String?
  }

  static let start = [UInt8](repeating: 0, count: 32)

  static func hash(after previous: [UInt8], _ json: some Sequence<UInt8>) -> [UInt8] {
    SHA256Digest(of: previous + Array(json)).bytes
  }

  /// The JSON object of an entry.
  static func json(_ entry: AccessLogEntry, number: UInt64, patientHash: [UInt8]?) -> [UInt8]? {
    let context = entry.context
    var role: String?
    var kind = "system"
    if case .worker(let worker) = context.author { (kind, role) = ("worker", worker.roleProfileID) }
    let record = Record(
      author: context.author.identifier, authorKind: kind, number: number,
      organisation: context.organisation.code.text,
      outcome: entry.outcome.word, patient: patientHash?.hexadecimal, role: role, setting: context.setting.name,
      source: entry.outcome.source?.rawValue, time: timeText(entry.time), trace: entry.accessID?.description)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(record)).map(Array.init)
  }

  /// The instant in UTC to the millisecond, `2026-11-21T14:02:09.120Z`.
  private static func timeText(_ time: Date) -> String {
    let milliseconds = time.milliseconds
    let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
    let fraction = String(1000 + milliseconds - seconds * 1000).dropFirst()
    let clock = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    return "\(CivilDay(daysSince1970: Int(days)))T\(clock).\(fraction)Z"
  }
}

extension AccessLogEntry.Outcome {
  fileprivate var word: String {
    switch self {
    case .plansRecorded: "plansRecorded"
    case .noPlanRecorded: "noPlanRecorded"
    case .notChecked(let reason): "notChecked:" + (Self.isWord(reason) ? reason : "other")
    }
  }

  fileprivate var source: AccessLogEntry.Source? {
    switch self {
    case .plansRecorded(let source), .noPlanRecorded(let source): source
    case .notChecked: nil
    }
  }

  private static func isWord(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
  }
}

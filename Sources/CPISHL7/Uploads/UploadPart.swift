public import CPIS
public import NHSNumbers

/// What ``UploadReader`` gives to its caller, in the order of the file.
public enum UploadPart: Sendable {
  /// The head, once, before any record.
  case header(UploadHeader)
  /// A record.
  case record(ReadRecord)
}

/// A record of an upload with its place in the file.
public struct ReadRecord: Hashable, Sendable {
  /// The record as sent.
  public var record: UploadRecord
  /// Its position in the file, from 1.
  public var position: Int
  /// The line on which it starts, from 1.
  public var line: Int
  /// The lines on which its plans start.
  var planLines: [Int]
  /// The lines on which its subjects start.
  var subjectLines: [Int]

  /// The line of a part of the record.
  public func line(of place: UploadFault.Place) -> Int {
    switch place {
    case .plan(let number) where planLines.indices.contains(number - 1): planLines[number - 1]
    case .subject(let number) where subjectLines.indices.contains(number - 1): subjectLines[number - 1]
    default: line
    }
  }
}

extension UploadPart: Redacting {}
extension ReadRecord: Redacting {}

import CPIS
import CPISXML

/// The elements of an acknowledgement, each by what it means in its place.
enum AcknowledgementElement: Equatable {
  /// A part that an upload's head has too.
  case head(HeadBuilder.Element)
  case file, fileDetail, fileCode
  case places, place, recordCode, reason, location
  case failed, failedCount, loaded, loadedCount
  case message, response, information, record
  /// What we do not need: a code's further parts, a record that was loaded.
  case ignored

  /// Whether a parent may have several of it. The parts of the head are counted where they are read.
  var isRepeatable: Bool {
    switch self {
    case .head, .fileDetail, .place, .message, .ignored: true
    default: false
    }
  }

  /// The child with a name; `nil` when the format has none of that name.
  func child(_ name: XMLName) -> AcknowledgementElement? {
    switch self {
    case .ignored, .fileCode, .reason, .location: return .ignored
    case .head(let part) where part != .root || !Self.isOwn(name): return Self.headChild(of: part, name)
    default: break
    }
    guard name.namespace == .hl7 else { return self == .recordCode ? .ignored : nil }
    switch (self, name.hl7) {
    case (.head, .acknowledgementFile): return .file
    case (.head, .acknowledgementRecord): return .places
    case (.head, .failedReturned): return .failed
    case (.head, .successfulReturned): return .loaded
    case (.head, .message): return .message
    case (.file, .acknowledgementFileDetail): return .fileDetail
    case (.fileDetail, .code): return .fileCode
    case (.places, .acknowledgementRecordDetail): return .place
    case (.place, .code): return .recordCode
    case (.place, .location): return .location
    case (.recordCode, .originalText): return .reason
    case (.recordCode, _): return .ignored
    case (.failed, .value): return .failedCount
    case (.loaded, .value): return .loadedCount
    case (.message, .acknowledgementResponse): return .response
    case (.response, .pertinentInformation1): return .information
    case (.information, .invalidRecord): return .record
    case (.information, .validRecord): return .ignored
    default: return nil
    }
  }

  private static func headChild(of part: HeadBuilder.Element, _ name: XMLName) -> AcknowledgementElement? {
    if name.hl7 == .communicationFunctionSnd { return nil }
    return HeadBuilder.child(of: part, name).map { .head($0) }
  }

  private static func isOwn(_ name: XMLName) -> Bool {
    switch name.hl7 {
    case .acknowledgementFile, .acknowledgementRecord, .failedReturned, .successfulReturned, .message: true
    default: false
    }
  }
}

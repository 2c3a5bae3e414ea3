#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import CPIS
import CPISXML

/// Puts an acknowledgement together. It is strict throughout, because no part of one can be lost without harm.
struct AcknowledgementReader {
  private struct OpenElement {
    var element: AcknowledgementElement
    /// The children that may not come again.
    var seen: [AcknowledgementElement] = []
  }

  private var xml: XMLReader
  private let limits: UploadLimits
  private var open: [OpenElement] = []
  private var head: HeadBuilder
  private var builder: RecordBuilder?
  private var recordStart = 0
  private var text: XMLTextCollector

  private var fileCode: UploadFileCode?
  private var failedCount: Int?
  private var loadedCount: Int?
  private var places: [(code: UploadRecordCode?, reason: String?, location: String?)] = []
  private var records: [UploadRecord] = []

  init(limits: UploadLimits) {
    xml = XMLReader(limits)
    self.limits = limits
    head = HeadBuilder(limits: limits, maySayUnreadable: true)
    text = XMLTextCollector(limit: limits.textBytes)
  }

  mutating func read(_ bytes: some Collection<UInt8>) throws(UploadReadingError) -> UploadAcknowledgement {
    var rest = bytes[...]
    while !rest.isEmpty {
      do throws(XMLError) {
        try xml.feed(rest.prefix(XMLReader.pieceBytes))
      } catch {
        throw describe(UploadReadingError(error))
      }
      rest = rest.dropFirst(XMLReader.pieceBytes)
      try takeTokens()
    }
    xml.complete()
    try takeTokens()
    return try acknowledgement()
  }

  private mutating func takeTokens() throws(UploadReadingError) {
    while let token = try nextToken() {
      do throws(HeadFault) {
        switch token {
        case .start: try start()
        case .text: try append()
        case .end: try end()
        }
      } catch {
        // At its end an element is whole: what is wrong with it is wrong in the one around it.
        throw describe(error.code, in: token == .end ? xml.path.parent : xml.path)
      }
    }
  }

  private mutating func nextToken() throws(UploadReadingError) -> XMLReader.Token? {
    do throws(XMLError) {
      return try xml.next()
    } catch {
      throw describe(UploadReadingError(error))
    }
  }

  private mutating func start() throws(HeadFault) {
    if builder != nil {
      if xml.position.byteOffset - recordStart > limits.recordBytes { builder?.abandon() }
      builder?.start(xml.content, line: xml.position.line)
      return
    }
    guard let parent = open.last else {
      guard xml.content.element.isHL7(.fileResponse) else {
        throw HeadFault(.rootUnknown)
      }
      open.append(OpenElement(element: .head(.root)))
      return try head.start(.root, xml.content)
    }
    guard let element = parent.element.child(xml.content.element), !parent.seen.contains(element) else {
      throw HeadFault(.partUnexpected)
    }
    if !element.isRepeatable { open[open.count - 1].seen.append(element) }
    open.append(OpenElement(element: element))
    try begin(element)
  }

  private mutating func begin(_ element: AcknowledgementElement) throws(HeadFault) {
    switch element {
    case .head(let part): try head.start(part, xml.content)
    case .fileCode:
      // Further details may follow; the first says what became of the file.
      let code = try coded(UploadFileCode.init)
      fileCode = fileCode ?? code
    case .place:
      guard places.count < limits.recordCount else { throw HeadFault(.tooLarge) }
      places.append((nil, nil, nil))
    case .recordCode: places[places.count - 1].code = try coded(UploadRecordCode.init)
    case .failedCount: failedCount = try count()
    case .loadedCount: loadedCount = try count()
    case .reason, .location: text.reset()
    case .record:
      // More records than places are refused in the end: there is no need to hold them till then.
      guard records.count < limits.recordCount else { throw HeadFault(.tooLarge) }
      recordStart = xml.position.byteOffset
      builder = RecordBuilder(.content, xml.content)
    default: break
    }
  }

  private mutating func append() throws(HeadFault) {
    if builder != nil {
      builder?.append(xml.content)
      return
    }
    switch open.last?.element {
    case .head(let part): try head.append(xml.content, in: part)
    case .reason, .location: xml.content.append(to: &text)
    case .ignored: break
    default: guard xml.content.textIsSpace else { throw HeadFault(.partUnexpected) }
    }
  }

  private mutating func end() throws(HeadFault) {
    if builder != nil {
      guard builder?.end() == true, let record = builder?.record else { return }
      builder = nil
      records.append(record)
      _ = open.popLast()
      return
    }
    switch open.popLast()?.element {
    case .head(let part): try head.end(part)
    case .reason: places[places.count - 1].reason = try collectedText()
    case .location: places[places.count - 1].location = try collectedText()
    default: break
    }
  }

  private func collectedText() throws(HeadFault) -> String {
    guard let collapsed = text.collapsed else { throw HeadFault(.tooLarge) }
    return collapsed
  }

  private func coded<Code>(_ make: (String) -> Code?) throws(HeadFault) -> Code {
    guard let text = xml.content.attribute(.code).value, let code = make(text) else {
      throw HeadFault(.valueUnreadable)
    }
    return code
  }

  private func count() throws(HeadFault) -> Int {
    guard let text = xml.content.attribute(.value).value, let count = Int(XMLTextCollector.collapsed(text)),
      count >= 0
    else {
      throw HeadFault(.valueUnreadable)
    }
    return count
  }

  private func acknowledgement() throws(UploadReadingError) -> UploadAcknowledgement {
    guard let creationTime = head.creationTime, let fileID = head.statedFileID,
      let recordCount = head.statedRecordCount, let recipient = head.sender, let fileCode, let failedCount,
      let loadedCount,
      places.allSatisfy({ $0.code != nil && $0.location != nil })
    else { throw describe(.partMissing, in: xml.path) }
    guard records.count <= places.count else { throw describe(.partUnexpected, in: xml.path) }
    var rejected: [UploadAcknowledgement.RejectedRecord] = []
    for (index, place) in places.enumerated() {
      guard let code = place.code, let location = place.location else { continue }
      rejected.append(
        UploadAcknowledgement.RejectedRecord(
          code: code, reason: place.reason, location: location,
          record: index < records.count ? records[index] : nil))
    }
    return UploadAcknowledgement(
      creationTime: creationTime, fileID: fileID.value, recordCount: recordCount.value,
      recipient: recipient, fileCode: fileCode, loadedCount: loadedCount, failedCount: failedCount,
      rejected: rejected)
  }

  private func describe(_ code: UploadReadingError.Code, in path: XMLPath) -> UploadReadingError {
    describe(UploadReadingError(code, at: xml.position, xPath: path.text))
  }

  private func describe(_ error: UploadReadingError) -> UploadReadingError {
    var error = error
    error.fileID = head.fileID
    error.declaredRecordCount = head.declaredRecordCount
    error.sender = head.sender
    return error
  }
}

extension UploadAcknowledgement {
  /// Reads an acknowledgement message, `REPC_MT000003GB01`.
  ///
  /// Rejected records are matched to their places by their order. A place beyond the records given back has a `nil`
  /// record. Records that were loaded are left out even where the message has them. A record over
  /// ``UploadLimits/recordBytes`` has a `readingFault`.
  ///
  /// - Throws: ``UploadReadingError`` when the message as a whole cannot be used, or has more rejected records than
  ///   places.
  /// - Complexity: O(*n*) in time and memory.
  public init(hl7 bytes: some Collection<UInt8>, limits: UploadLimits = UploadLimits()) throws(UploadReadingError) {
    var reader = AcknowledgementReader(limits: limits)
    self = try reader.read(bytes)
  }
}

/// The elements of an acknowledgement, each by what it means in its place.
private enum AcknowledgementElement: Equatable {
  /// A part that an upload's head has too.
  case head(HeadBuilder.Element)
  case file, fileDetail, fileCode
  case places, place, recordCode, reason, location
  case failed, failedCount, loaded, loadedCount
  case message, response, information, record
  /// What is not needed here: a code's further parts, a record that was loaded.
  case ignored

  /// Whether a parent may have several of them. The parts of the head are counted where they are read.
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

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

  /// What the message says of one record, as far as it was read.
  private struct Place {
    var hasCode = false
    var code: UploadRecordCode?
    var detailCodes: [UploadAcknowledgement.DetailCode] = []
    var reason: String?
    var location: String?
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
  private var places: [Place] = []
  private var returned: [AcknowledgementPairing.Returned] = []

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
        let place = token == .text ? xml.textPosition : xml.tokenStart
        throw describe(
          UploadReadingError(error.code, at: place, xPath: (token == .end ? xml.path.parent : xml.path).text))
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
      builder?.start(xml.content, line: xml.tokenStart.line)
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
      guard let code = try statedCode() else { throw HeadFault(.valueUnreadable) }
      fileCode = fileCode ?? UploadFileCode(rawValue: code)
    case .place:
      guard places.count < limits.recordCount else { throw HeadFault(.tooLarge) }
      places.append(Place())
    case .recordCode:
      places[places.count - 1].hasCode = true
      places[places.count - 1].code = try statedCode().map(UploadRecordCode.init(rawValue:))
    case .detailCode:
      let detail = UploadAcknowledgement.DetailCode(
        code: try statedCode(), codeSystem: try stated(.codeSystem), displayName: try stated(.displayName))
      if detail.code != nil || detail.displayName != nil { places[places.count - 1].detailCodes.append(detail) }
    case .message:
      guard returned.count < limits.recordCount else { throw HeadFault(.tooLarge) }
      returned.append(.absent)
    case .loadedRecord: returned[returned.count - 1] = .loaded
    case .failedCount: failedCount = try count()
    case .loadedCount: loadedCount = try count()
    case .reason, .location: text.reset()
    case .record:
      recordStart = xml.tokenStart.byteOffset
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
      returned[returned.count - 1] = .rejected(record)
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
    guard let shown = text.shown else { throw HeadFault(.tooLarge) }
    return shown
  }

  /// The code of the current element; `nil` when it states none, for which the schema has room.
  private func statedCode() throws(HeadFault) -> String? { try stated(.code) }

  /// What an attribute says, as it may be shown; `nil` when it says nothing.
  private func stated(_ name: HL7Name) throws(HeadFault) -> String? {
    switch xml.content.attribute(name) {
    case .text(let text) where !text.isBlank: return XMLTextCollector.collapsed(text.shown)
    case .text, .absent: return nil
    case .tooLong: throw HeadFault(.tooLarge)
    }
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
      places.allSatisfy({ $0.hasCode && $0.location != nil })
    else { throw describe(UploadReadingError(.partMissing, at: xml.position, xPath: xml.path.text)) }
    let details = places.map { place in
      UploadAcknowledgement.RejectedRecord(
        code: place.code, detailCodes: place.detailCodes, reason: place.reason, location: place.location ?? "",
        record: nil)
    }
    let pairing = AcknowledgementPairing(details, returned)
    return UploadAcknowledgement(
      creationTime: creationTime, fileID: fileID.value, recordCount: recordCount.value,
      recipient: recipient, fileCode: fileCode, loadedCount: loadedCount, failedCount: failedCount,
      rejected: pairing.rejected, loadedLocations: pairing.loadedLocations, unpairedRecords: pairing.unpaired)
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
  /// Records given back are paired with what is said of them by the place: the XPath names the record's position in the
  /// upload, and records come in the upload's order [D]. Where that leaves a doubt, nothing is paired: the records are in
  /// `unpairedRecords`, and what is said has a `nil` record. Codes that are not ours are kept as they are. Records that
  /// were loaded are left out even where the message has them; their places are in `loadedLocations`. A record over
  /// ``UploadLimits/recordBytes`` has a `readingFault`. Controls and direction marks in reasons, places, and the names of
  /// codes become spaces; what was given back stays as it was sent.
  ///
  /// - Throws: ``UploadReadingError`` when the message as a whole cannot be used.
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
  case places, place, recordCode, detailCode, reason, location
  case failed, failedCount, loaded, loadedCount
  case message, response, information, record, loadedRecord
  /// What is not needed here: a code's further parts, the content of a record that was loaded.
  case ignored

  /// Whether a parent may have several of them. The parts of the head are counted where they are read.
  var isRepeatable: Bool {
    switch self {
    case .head, .fileDetail, .place, .detailCode, .message, .ignored: true
    default: false
    }
  }

  /// The child with a name; `nil` when the format has none of that name.
  func child(_ name: XMLName) -> AcknowledgementElement? {
    switch self {
    case .ignored, .fileCode, .reason, .location, .loadedRecord: return .ignored
    case .head(let part) where part != .root || !Self.isOwn(name): return Self.headChild(of: part, name)
    default: break
    }
    guard name.namespace == .hl7 else { return self == .recordCode || self == .detailCode ? .ignored : nil }
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
    case (.recordCode, .translation), (.recordCode, .qualifier), (.recordCode, .group): return .detailCode
    case (.detailCode, .translation), (.detailCode, .qualifier), (.detailCode, .group), (.detailCode, .value):
      return .detailCode
    case (.recordCode, _), (.detailCode, _): return .ignored
    case (.failed, .value): return .failedCount
    case (.loaded, .value): return .loadedCount
    case (.message, .acknowledgementResponse): return .response
    case (.response, .pertinentInformation1): return .information
    case (.information, .invalidRecord): return .record
    case (.information, .validRecord): return .loadedRecord
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

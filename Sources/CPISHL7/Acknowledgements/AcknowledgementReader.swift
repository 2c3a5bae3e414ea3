#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPIS

/// Puts an acknowledgement together, strict throughout: it has no part whose loss would be harmless.
struct AcknowledgementReader {
  private struct Frame {
    var element: AcknowledgementElement
    /// The children that may not come again.
    var seen: [AcknowledgementElement] = []
  }

  private var tokeniser: XMLTokeniser
  private var path = ElementPath()
  private var frames: [Frame] = []
  private var head: HeadBuilder
  private var builder: RecordBuilder?
  private var recordStart = 0
  private var text: TextCollector

  private var fileCode: UploadFileCode?
  private var failedCount: Int?
  private var loadedCount: Int?
  private var places: [(code: UploadRecordCode?, reason: String?, location: String?)] = []
  private var records: [UploadRecord] = []

  init(limits: UploadLimits) {
    tokeniser = XMLTokeniser(limits: limits)
    head = HeadBuilder(limits: limits, least: UploadAcknowledgement.unreadable)
    text = TextCollector(limit: limits.textBytes)
  }

  mutating func read(_ bytes: some Collection<UInt8>) throws(UploadReadingError) -> UploadAcknowledgement {
    do throws(XMLFault) {
      var rest = bytes[...]
      while !rest.isEmpty {
        try tokeniser.feed(rest.prefix(XMLTokeniser.pieceBytes))
        rest = rest.dropFirst(XMLTokeniser.pieceBytes)
        try takeTokens()
      }
      tokeniser.complete()
      try takeTokens()
    } catch {
      throw describe(error)
    }
    return try acknowledgement()
  }

  private mutating func takeTokens() throws(XMLFault) {
    while let token = try tokeniser.next() { try take(token) }
  }

  private mutating func take(_ token: XMLTokeniser.Token) throws(XMLFault) {
    do throws(HeadFault) {
      switch token {
      case .start: try start()
      case .text: try append()
      case .end: try end()
      }
    } catch {
      let place = tokeniser.position
      throw XMLFault(code: error.code, line: place.line, column: place.column, byteOffset: place.byteOffset)
    }
  }

  private mutating func start() throws(HeadFault) {
    path.enter(tokeniser.element.local)
    if builder != nil {
      if tokeniser.position.byteOffset - recordStart > tokeniser.limits.recordBytes { builder?.abandon() }
      builder?.start(tokeniser, line: tokeniser.position.line)
      return
    }
    guard let parent = frames.last else {
      guard tokeniser.element == XMLName(namespace: .hl7, local: .fileResponse) else {
        throw HeadFault(.rootUnknown)
      }
      frames.append(Frame(element: .head(.root)))
      return try head.start(.root, tokeniser)
    }
    guard let element = parent.element.child(tokeniser.element), !parent.seen.contains(element) else {
      throw HeadFault(.partUnexpected)
    }
    if !element.isRepeatable { frames[frames.count - 1].seen.append(element) }
    frames.append(Frame(element: element))
    try begin(element)
  }

  private mutating func begin(_ element: AcknowledgementElement) throws(HeadFault) {
    switch element {
    case .head(let part): try head.start(part, tokeniser)
    case .fileCode:
      // Further details may follow; the first says what became of the file.
      let code = try coded(UploadFileCode.init)
      fileCode = fileCode ?? code
    case .place:
      guard places.count < tokeniser.limits.recordCount else { throw HeadFault(.tooLarge) }
      places.append((nil, nil, nil))
    case .recordCode: places[places.count - 1].code = try coded(UploadRecordCode.init)
    case .failedCount: failedCount = try count()
    case .loadedCount: loadedCount = try count()
    case .reason, .location: text.reset()
    case .record:
      // More records than places are refused in the end: there is no need to hold them till then.
      guard records.count < tokeniser.limits.recordCount else { throw HeadFault(.tooLarge) }
      recordStart = tokeniser.position.byteOffset
      builder = RecordBuilder(.content, tokeniser)
    default: break
    }
  }

  private mutating func append() throws(HeadFault) {
    if builder != nil {
      builder?.append(tokeniser)
      return
    }
    switch frames.last?.element {
    case .head(let part): try head.append(tokeniser, in: part)
    case .reason, .location: tokeniser.append(to: &text)
    case .ignored: break
    default: guard tokeniser.textIsSpace else { throw HeadFault(.partUnexpected) }
    }
  }

  private mutating func end() throws(HeadFault) {
    path.leave()
    if builder != nil {
      guard builder?.end() == true, let record = builder?.record else { return }
      builder = nil
      records.append(record)
      _ = frames.popLast()
      return
    }
    switch frames.popLast()?.element {
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
    guard let text = tokeniser.attribute(.code).value, let code = make(text) else {
      throw HeadFault(.valueUnreadable)
    }
    return code
  }

  private func count() throws(HeadFault) -> Int {
    guard let text = tokeniser.attribute(.value).value, let count = Int(text.collapsed), count >= 0 else {
      throw HeadFault(.valueUnreadable)
    }
    return count
  }

  private func acknowledgement() throws(UploadReadingError) -> UploadAcknowledgement {
    guard let header = head.header, let fileCode, let failedCount, let loadedCount,
      places.allSatisfy({ $0.code != nil && $0.location != nil })
    else { throw describe(.partMissing) }
    guard records.count <= places.count else { throw describe(.partUnexpected) }
    var rejected: [UploadAcknowledgement.RejectedRecord] = []
    for (index, place) in places.enumerated() {
      guard let code = place.code, let location = place.location else { continue }
      rejected.append(
        UploadAcknowledgement.RejectedRecord(
          code: code, reason: place.reason, location: location,
          record: index < records.count ? records[index] : nil))
    }
    return UploadAcknowledgement(
      creationTime: header.creationTime, fileID: header.fileID, recordCount: header.declaredRecordCount,
      recipient: header.sender, fileCode: fileCode, loadedCount: loadedCount, failedCount: failedCount,
      rejected: rejected)
  }

  private func describe(_ code: UploadReadingError.Code) -> UploadReadingError {
    let place = tokeniser.position
    return describe(XMLFault(code: code, line: place.line, column: place.column, byteOffset: place.byteOffset))
  }

  private func describe(_ fault: XMLFault) -> UploadReadingError {
    var error = UploadReadingError(
      fault.code, line: fault.line, column: fault.column, byteOffset: fault.byteOffset, xPath: path.xPath)
    error.fileID = head.fileID ?? UploadAcknowledgement.unreadable
    error.declaredRecordCount = head.declaredRecordCount ?? UploadAcknowledgement.unreadable
    error.sender = head.sender
    return error
  }
}

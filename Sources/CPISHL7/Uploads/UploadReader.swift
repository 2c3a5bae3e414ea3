public import CPIS
import CPISXML
public import NHSNumbers

/// Reads an upload piece by piece, in memory that does not grow with it.
///
/// ```swift
/// var reader = UploadReader()
/// for try await chunk in chunks { try reader.read(chunk) { part in … } }
/// let summary = try reader.finish()
/// ```
/// The head comes once, then record after record, as soon as each is whole. A file that turns out to be broken
/// further on has by then given records away: a registry must not act on any before ``finish()`` has returned,
/// either by keeping them or by reading the file twice.
///
/// A bad record costs only itself: it comes like the others, with parts missing or with a
/// `UploadRecord.readingFault`. Not thread-safe; it is a value, use one per file.
public struct UploadReader: Sendable {
  private var xml: XMLReader
  private let limits: UploadLimits
  private var head: HeadBuilder
  private var headElements: [HeadBuilder.Element] = []
  private var header: UploadHeader?
  private var builder: RecordBuilder?
  private var recordStart = (line: 0, byteOffset: 0)
  private var recordCount = 0
  private var failure: UploadReadingError?

  /// Makes a reader.
  public init(limits: UploadLimits = UploadLimits()) {
    xml = XMLReader(limits)
    self.limits = limits
    head = HeadBuilder(limits: limits, maySayUnreadable: false)
  }

  /// Reads further bytes of the file.
  ///
  /// - Parameters:
  ///   - bytes: the bytes that follow those given before; any number, cut anywhere.
  ///   - receive: gets the parts that became whole, in order, before the call returns.
  /// - Throws: ``UploadReadingError`` when the file as a whole cannot be used; the same again on every later call.
  /// - Complexity: O(*n*) in the number of bytes; memory as in ``UploadLimits/tokenBytes`` and one record.
  public mutating func read(
    _ bytes: some Collection<UInt8>, _ receive: (UploadPart) -> Void
  ) throws(UploadReadingError) {
    if let failure { throw failure }
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(XMLReader.pieceBytes)
      rest = rest.dropFirst(XMLReader.pieceBytes)
      do throws(XMLError) {
        try xml.feed(piece)
      } catch {
        throw remember(error)
      }
      try readTokens(receive)
    } while !rest.isEmpty
  }

  /// Says that the file has ended.
  ///
  /// - Returns: what was read. Compare the count with the one the head declares: this does not.
  /// - Throws: ``UploadReadingError`` when the file ended too early, has no record, or had failed before.
  public mutating func finish() throws(UploadReadingError) -> UploadSummary {
    if let failure { throw failure }
    xml.complete()
    try readTokens { _ in }
    guard let header else { throw fail(.recordsMissing) }
    return UploadSummary(header: header, recordCount: recordCount)
  }

  private mutating func readTokens(_ receive: (UploadPart) -> Void) throws(UploadReadingError) {
    while let token = try nextToken() {
      switch token {
      case .start: try start(receive)
      case .text: try text()
      case .end: try end(receive)
      }
    }
  }

  private mutating func nextToken() throws(UploadReadingError) -> XMLReader.Token? {
    do throws(XMLError) {
      return try xml.next()
    } catch {
      throw remember(error)
    }
  }

  private mutating func start(_ receive: (UploadPart) -> Void) throws(UploadReadingError) {
    if builder != nil {
      if xml.position.byteOffset - recordStart.byteOffset > limits.recordBytes {
        builder?.abandon()
      }
      builder?.start(xml.content, line: xml.position.line)
    } else if headElements.isEmpty {
      guard xml.content.element.isHL7(.file) else { throw fail(.rootUnknown) }
      try startInHead(.root)
    } else if headElements.count == 1, xml.content.element.isHL7(.record) {
      try startRecord(receive)
    } else {
      guard header == nil, let parent = headElements.last,
        let element = HeadBuilder.child(of: parent, xml.content.element),
        xml.content.element.hl7 != .communicationFunctionRcv
      else { throw fail(.partUnexpected) }
      try startInHead(element)
    }
  }

  private mutating func startInHead(_ element: HeadBuilder.Element) throws(UploadReadingError) {
    headElements.append(element)
    do throws(HeadFault) {
      try head.start(element, xml.content)
    } catch {
      throw fail(error.code)
    }
  }

  private mutating func startRecord(_ receive: (UploadPart) -> Void) throws(UploadReadingError) {
    if header == nil {
      guard let header = head.header else {
        // What is missing is missing from the element around the record.
        throw fail(.partMissing, in: xml.path.parent)
      }
      self.header = header
      receive(.header(header))
    }
    guard recordCount < limits.recordCount else { throw fail(.tooLarge) }
    recordStart = (xml.position.line, xml.position.byteOffset)
    builder = RecordBuilder(.record, xml.content)
  }

  private mutating func text() throws(UploadReadingError) {
    if builder != nil {
      builder?.append(xml.content)
      return
    }
    do throws(HeadFault) {
      try head.append(xml.content, in: headElements.last ?? .root)
    } catch {
      throw fail(error.code)
    }
  }

  private mutating func end(_ receive: (UploadPart) -> Void) throws(UploadReadingError) {
    if builder != nil {
      if builder?.end() == true, let builder {
        recordCount += 1
        receive(
          .record(
            ReadRecord(
              record: builder.record, position: recordCount, line: recordStart.line,
              planLines: builder.planLines, subjectLines: builder.subjectLines)))
        self.builder = nil
      }
    } else if let element = headElements.popLast() {
      do throws(HeadFault) {
        try head.end(element)
      } catch {
        throw fail(error.code)
      }
      if element == .root, header == nil {
        throw fail(head.header == nil ? .partMissing : .recordsMissing)
      }
    }
  }

  private mutating func fail(
    _ code: UploadReadingError.Code, in path: XMLPath? = nil
  ) -> UploadReadingError {
    remember(UploadReadingError(code, at: xml.position, xPath: (path ?? xml.path).text))
  }

  private mutating func remember(_ error: XMLError) -> UploadReadingError { remember(UploadReadingError(error)) }

  private mutating func remember(_ error: UploadReadingError) -> UploadReadingError {
    var error = error
    error.fileID = head.fileID
    error.declaredRecordCount = head.declaredRecordCount
    error.sender = head.sender
    error.recordsRead = recordCount
    failure = error
    return error
  }
}

// It holds the record that is being read.
extension UploadReader: Redacting {}

/// What a whole upload was found to hold.
public struct UploadSummary: Hashable, Sendable {
  /// The head.
  public var header: UploadHeader
  /// The records that were there, bad ones included.
  public var recordCount: Int

  /// Whether there are as many records as the head declares. If not, the file is acknowledged with CPF01.
  public var countMatches: Bool { recordCount == header.declaredRecordCount }
}

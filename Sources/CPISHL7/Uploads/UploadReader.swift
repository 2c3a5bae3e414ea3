public import CPIS
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
  private var tokeniser: XMLTokeniser
  private var path = ElementPath()
  private var head: HeadBuilder
  private var headElements: [HeadBuilder.Element] = []
  private var header: UploadHeader?
  private var builder: RecordBuilder?
  private var recordStart = (line: 0, byteOffset: 0)
  private var recordCount = 0
  private var failure: UploadReadingError?

  /// Makes a reader.
  public init(limits: UploadLimits = UploadLimits()) {
    tokeniser = XMLTokeniser(limits: limits)
    head = HeadBuilder(limits: limits, least: 0)
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
      let piece = rest.prefix(XMLTokeniser.pieceBytes)
      rest = rest.dropFirst(XMLTokeniser.pieceBytes)
      do throws(XMLFault) {
        try tokeniser.feed(piece)
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
    tokeniser.complete()
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

  private mutating func nextToken() throws(UploadReadingError) -> XMLTokeniser.Token? {
    do throws(XMLFault) {
      return try tokeniser.next()
    } catch {
      throw remember(error)
    }
  }

  private mutating func start(_ receive: (UploadPart) -> Void) throws(UploadReadingError) {
    path.enter(tokeniser.element.local)
    if builder != nil {
      if tokeniser.position.byteOffset - recordStart.byteOffset > tokeniser.limits.recordBytes {
        builder?.abandon()
      }
      builder?.start(tokeniser, line: tokeniser.position.line)
    } else if headElements.isEmpty {
      guard tokeniser.element == XMLName(namespace: .hl7, local: .file) else { throw fail(.rootUnknown) }
      try startInHead(.root)
    } else if headElements.count == 1, tokeniser.element == XMLName(namespace: .hl7, local: .record) {
      try startRecord(receive)
    } else {
      guard header == nil, let parent = headElements.last,
        let element = HeadBuilder.child(of: parent, tokeniser.element),
        tokeniser.element.local != .communicationFunctionRcv
      else { throw fail(.partUnexpected) }
      try startInHead(element)
    }
  }

  private mutating func startInHead(_ element: HeadBuilder.Element) throws(UploadReadingError) {
    headElements.append(element)
    do throws(HeadFault) {
      try head.start(element, tokeniser)
    } catch {
      throw fail(error.code)
    }
  }

  private mutating func startRecord(_ receive: (UploadPart) -> Void) throws(UploadReadingError) {
    if header == nil {
      guard let header = head.header else {
        path.leave()
        throw fail(.partMissing)
      }
      self.header = header
      receive(.header(header))
    }
    guard recordCount < tokeniser.limits.recordCount else { throw fail(.tooLarge) }
    recordStart = (tokeniser.position.line, tokeniser.position.byteOffset)
    builder = RecordBuilder(.record, tokeniser)
  }

  private mutating func text() throws(UploadReadingError) {
    if builder != nil {
      builder?.append(tokeniser)
      return
    }
    do throws(HeadFault) {
      try head.append(tokeniser, in: headElements.last ?? .root)
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
    path.leave()
  }

  private mutating func fail(_ code: UploadReadingError.Code) -> UploadReadingError {
    let place = tokeniser.position
    return remember(
      XMLFault(code: code, line: place.line, column: place.column, byteOffset: place.byteOffset))
  }

  private mutating func remember(_ fault: XMLFault) -> UploadReadingError {
    var error = UploadReadingError(
      fault.code, line: fault.line, column: fault.column, byteOffset: fault.byteOffset, xPath: path.xPath)
    error.fileID = head.fileID ?? UploadAcknowledgement.unreadable
    error.declaredRecordCount = head.declaredRecordCount ?? UploadAcknowledgement.unreadable
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

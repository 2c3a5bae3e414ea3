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
///
/// The head comes once, then each record as soon as it is whole. If the file turns out to be broken further on, records
/// have already been given out: a registry must not act on any of them before ``finish()`` has returned. It either
/// keeps them until then or reads the file twice.
///
/// A bad record does not affect the others: it comes like them, with parts missing or with a
/// `UploadRecord.readingFault`. A reader is a value for one file, and for one task at a time.
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
  ///   - receive: is called with the parts that became whole, in order, before the call returns.
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

  /// Ends the file.
  ///
  /// - Returns: what was read. Check ``UploadSummary/countMatches``: this method does not.
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

/// What a whole upload holds.
public struct UploadSummary: Hashable, Sendable {
  /// The head.
  public var header: UploadHeader
  /// How many records there were, including bad ones.
  public var recordCount: Int

  /// Whether there are as many records as the head declares. If not, the file is acknowledged with CPF01.
  public var countMatches: Bool { recordCount == header.declaredRecordCount }
}

/// What ``UploadReader`` gives to its caller, in the order of the file. An upload is a head and its records, so the enum
/// is closed.
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
  fileprivate var planLines: [Int]
  /// The lines on which its subjects start.
  fileprivate var subjectLines: [Int]

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

extension LocalAuthorityUpload {
  /// Reads a whole upload message, `REPC_MT000002GB01`.
  ///
  /// For large files use ``UploadReader``, which gives one record at a time.
  ///
  /// - Throws: ``UploadReadingError`` when the file as a whole cannot be used. A bad record is not an error: it is among
  ///   the records, and its validation reports it. Whether there are as many records as the head declares is not
  ///   checked here.
  /// - Complexity: O(*n*) in time and memory.
  public init(
    hl7 bytes: some Collection<UInt8>, limits: UploadLimits = UploadLimits()
  ) throws(UploadReadingError) {
    var header: UploadHeader?
    var records: [UploadRecord] = []
    var reader = UploadReader(limits: limits)
    try reader.read(bytes) { part in
      switch part {
      case .header(let read): header = read
      case .record(let read): records.append(read.record)
      }
    }
    let summary = try reader.finish()
    self.init(header: header ?? summary.header, records: records)
  }
}

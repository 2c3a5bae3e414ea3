/// The numbers read from a text, the lines they stood on, and the lines that gave none.
public struct NHSNumberList: Sendable {
  /// The numbers in the order of the text; one that occurs twice is there twice.
  public private(set) var numbers: [NHSNumber] = []

  /// Lines without a number, in order. Empty means that every line gave one.
  public let faults: [LineFault]

  private var lines: [UInt32] = []

  /// Reads all numbers of a text.
  ///
  /// - Parameters:
  ///   - bytes: the whole text, as ASCII or UTF-8.
  ///   - column: where the numbers stand.
  /// - Throws: ``NHSNumberColumn/ReadingError`` when the text cannot be read as described. Nothing is known
  ///   about any of its lines then.
  /// - Complexity: O(`bytes.count`).
  public init(
    parsing bytes: Span<UInt8>, column: NHSNumberColumn = .lines()
  ) throws(NHSNumberColumn.ReadingError) {
    var numbers: [NHSNumber] = []
    var lines: [UInt32] = []
    faults = try column.read(bytes) { chunk in
      unsafe numbers.append(contentsOf: UnsafeBufferPointer(start: chunk.numbers, count: chunk.count))
      unsafe lines.append(contentsOf: UnsafeBufferPointer(start: chunk.lines, count: chunk.count))
    }
    self.numbers = numbers
    self.lines = lines
  }

  /// Reads all numbers of a text.
  ///
  /// - Throws: ``NHSNumberColumn/ReadingError`` when the text cannot be read as described.
  /// - Complexity: O(`bytes.count`).
  public init(
    parsing bytes: [UInt8], column: NHSNumberColumn = .lines()
  ) throws(NHSNumberColumn.ReadingError) {
    try self.init(parsing: bytes.span, column: column)
  }

  /// The line that a number stood on, counted from 1.
  ///
  /// - Precondition: `numbers.indices.contains(offset)`.
  public func line(ofNumberAt offset: Int) -> Int { Int(lines[offset]) }
}

extension NHSNumberList: Redacting {
  /// How many numbers and faults, and none of the numbers.
  public var description: String {
    "NHSNumberList(\(numbers.count) numbers, redacted; \(faults.count) faults)"
  }
}

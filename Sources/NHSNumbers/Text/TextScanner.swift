/// Goes through a text and fills chunks with the numbers it finds.
protocol TextScanner {
  /// Reads on until the chunk is full or the text ends.
  ///
  /// - Returns: whether there may be more.
  mutating func fill(_ chunk: inout TextChunk) -> Bool
}

extension NHSNumberColumn {
  /// Reads a text in chunks.
  ///
  /// - Parameter body: is called with each filled chunk, which it must not empty.
  /// - Returns: the faults of all lines.
  func read(
    _ text: Span<UInt8>, chunks body: (borrowing TextChunk) -> Void
  ) throws(ReadingError) -> [LineFault] {
    guard text.count < UInt32.max else { throw .tooLarge }
    let result = unsafe text.withUnsafeBytes { bytes in
      Result { () throws(ReadingError) in
        let bytes = Self.withoutMark(unsafe TextBytes(bytes))
        switch layout {
        case .lines(let header):
          return Self.drain(try LineScanner(bytes, header, options), body)
        case .csv(let name, let delimiter):
          return Self.drain(
            try CSVScanner(bytes, columnNamed: name, delimiter: delimiter, options), body)
        }
      }
    }
    return try result.get()
  }

  private static func drain(_ scanner: some TextScanner, _ body: (borrowing TextChunk) -> Void) -> [LineFault] {
    var scanner = scanner
    var chunk = TextChunk()
    var isMore = true
    while isMore {
      isMore = scanner.fill(&chunk)
      if chunk.count > 0 { body(chunk) }
      chunk.count = 0
    }
    return chunk.faults
  }

  private static func withoutMark(_ text: TextBytes) -> TextBytes {
    let hasMark = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    return hasMark ? text[3..<text.count] : text
  }
}

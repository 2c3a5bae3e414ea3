/// Reads the numbers of one column of a CSV text.
struct CSVScanner: TextScanner {
  private var rows: CSVRows
  private let column: Int
  private let options: NHSNumber.ParsingOptions

  init(
    _ text: TextBytes, columnNamed name: String, delimiter: UInt8,
    _ options: NHSNumber.ParsingOptions
  ) throws(NHSNumberColumn.ReadingError) {
    rows = CSVRows(text, delimiter: delimiter)
    self.options = options
    let name = Array(name.utf8)
    var places: [Int] = []
    var place = 0
    let header = rows.nextRow { field in
      if field.unquoted == name { places.append(place) }
      place += 1
    }
    // The rows after it may be in its last field.
    if case .broken = header { throw .headerBroken }
    guard let column = places.first else { throw .columnMissing }
    guard places.count == 1 else { throw .columnRepeated }
    self.column = column
  }

  mutating func fill(_ chunk: inout TextChunk) -> Bool {
    while chunk.count < TextChunk.capacity {
      let line = rows.line
      var place = 0
      var wanted: CSVField?
      let column = column
      let outcome = rows.nextRow { field in
        if place == column { wanted = field }
        place += 1
      }
      switch outcome {
      case .endOfText: return false
      case .broken(let reason): chunk.faults.append(LineFault(line: line, reason))
      case .read:
        if let wanted {
          chunk.append(wanted.content, line: line, options)
        } else {
          chunk.faults.append(LineFault(line: line, .missingField))
        }
      }
    }
    return true
  }
}

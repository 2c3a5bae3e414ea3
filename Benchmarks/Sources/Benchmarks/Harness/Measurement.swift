/// What one comparison found.
struct Measurement: Codable {
  /// One contender's times.
  struct Row: Codable {
    let contender: String
    /// The median over the rounds, in nanoseconds an operation.
    let nanoseconds: Double
    /// Half the rounds lie between these.
    let lowerQuartile: Double
    let upperQuartile: Double
    /// The median over the rounds of this contender's time divided by ours *in the same round*.
    let ratioToOurs: Double
  }

  let name: String
  let operations: Int
  let rounds: Int
  /// The contender that is ours: the first.
  let ours: String
  let rows: [Row]

  /// The medians, row by row, over several measurements of the same.
  func median(with all: [Measurement]) -> Measurement {
    let rows = rows.map { row in
      let same = all.flatMap { $0.rows.filter { $0.contender == row.contender } }
      return Row(
        contender: row.contender, nanoseconds: same.map(\.nanoseconds).median,
        lowerQuartile: same.map(\.lowerQuartile).median, upperQuartile: same.map(\.upperQuartile).median,
        ratioToOurs: same.map(\.ratioToOurs).median)
    }
    return Measurement(name: name, operations: operations, rounds: rounds, ours: ours, rows: rows)
  }

  /// How many times our time another contender takes.
  func ratio(of contender: String) -> Double? { rows.first { $0.contender == contender }?.ratioToOurs }
}

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

  /// How many times our time another contender takes.
  func ratio(of contender: String) -> Double? { rows.first { $0.contender == contender }?.ratioToOurs }
}

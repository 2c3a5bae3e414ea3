import Foundation

/// Measures contenders against each other on a machine that is not quiet.
///
/// - Warm-up: each contender runs once before it counts, so that memory is mapped and caches are as warm as
///   they will be.
/// - Interleaved rounds: every round runs every contender once, in an order that turns by one each round.
///   A shared machine changes its speed within seconds; contenders of one round meet the same machine.
/// - Repetition: work shorter than `leastMilliseconds` is repeated within a round until it is that long.
/// - Medians: of a contender's times over the rounds, with the quartiles as the spread. Ratios are taken
///   within a round first, and the median of those is what goals are compared with.
/// - Consumption: results go to ``Sink``.
struct Harness {
  var rounds = 7
  var leastMilliseconds = 4.0

  /// Leaves out what takes long: ten million records, most shares of hits, ten million lines.
  var isQuick = false

  /// Only comparisons and facts that this says yes to are measured; nothing else is even prepared.
  var isWanted: (String) -> Bool = { _ in true }

  private(set) var measurements: [Measurement] = []
  private(set) var facts: [Fact] = []

  /// A figure that is not a time, such as bytes a record.
  struct Fact: Codable {
    let name: String
    let value: Double
    let unit: String

    /// The median of several measurements of the same.
    func median(with all: [Fact]) -> Fact { Fact(name: name, value: all.map(\.value).median, unit: unit) }
  }

  /// Whether any of these comparisons or facts is wanted: ask before preparing what they need.
  func wants(_ names: String...) -> Bool { names.contains(where: isWanted) }

  mutating func note(_ name: String, _ value: Double, _ unit: String) {
    guard wants(name) else { return }
    facts.append(Fact(name: name, value: value, unit: unit))
    Report.line("\n\(name): \(Report.number(value)) \(unit)")
  }

  /// Measures; the first contender is ours. Throws what a contender throws: the run has failed then.
  ///
  /// - Parameters:
  ///   - name: the comparison's name in tables and goals.
  ///   - operations: how many operations one run of a contender does.
  ///   - rounds: more or fewer than usual.
  mutating func compare(
    _ name: String, operations: Int, rounds: Int? = nil, _ contenders: [Contender]
  ) throws {
    guard wants(name), let first = contenders.first else { return }
    let rounds = rounds ?? self.rounds
    let repetitions = try contenders.map { contender in
      Sink.take(try contender.run())
      let once = try Self.time(contender, 1)
      return max(1, Int((leastMilliseconds * 1_000_000 / max(once, 1)).rounded(.up)))
    }
    var times = [[Double]](repeating: [], count: contenders.count)
    for round in 0..<rounds {
      for turn in contenders.indices {
        let which = (turn + round) % contenders.count
        let time = try Self.time(contenders[which], repetitions[which])
        let done = repetitions[which] * (contenders[which].operations ?? operations)
        times[which].append(time / Double(done))
      }
    }
    let rows = contenders.indices.map { which in
      let sorted = times[which].sorted()
      let ratios = zip(times[which], times[0]).map { $0 / $1 }
      return Measurement.Row(
        contender: contenders[which].name, nanoseconds: sorted.median,
        lowerQuartile: sorted[sorted.count / 4], upperQuartile: sorted[sorted.count * 3 / 4],
        ratioToOurs: ratios.median)
    }
    let measurement = Measurement(
      name: name, operations: operations, rounds: rounds, ours: first.name, rows: rows)
    measurements.append(measurement)
    Report.show(measurement)
  }

  private static func time(_ contender: Contender, _ repetitions: Int) throws -> Double {
    let start = ContinuousClock.now
    for _ in 0..<repetitions { Sink.take(try contender.run()) }
    return start.duration(to: .now) / .nanoseconds(1)
  }
}

/// Text put together in one buffer: words, and numbers of fixed width.
///
/// Every check ends in a text with a time in it. By interpolation, that took half of a check that finds no plan.
struct TextBuilder {
  private var bytes: [UInt8] = []

  /// A text.
  ///
  /// - Parameters:
  ///   - capacity: how long it will be.
  ///   - build: adds all that is in it.
  static func text(capacity: Int, _ build: (inout TextBuilder) -> Void) -> String {
    var builder = TextBuilder()
    builder.bytes.reserveCapacity(capacity)
    build(&builder)
    return String(decoding: builder.bytes, as: UTF8.self)
  }

  /// Adds a number that is not negative, with leading zeros up to a width.
  mutating func add(_ number: Int, width: Int) {
    var scale = 1
    for _ in 1..<width { scale *= 10 }
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
      scale /= 10
    }
  }

  /// Adds a number as it is written.
  mutating func add(_ number: Int) {
    if 0...9 ~= number { add(number, width: 1) } else { add(String(number)) }
  }

  /// Adds a number with what it counts: `1 plan`, `2 plans`.
  mutating func add(_ number: Int, _ one: String, _ many: String) {
    add(number)
    add(" ")
    add(number == 1 ? one : many)
  }

  /// Adds text as it is.
  mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

extension TextBuilder {
  /// Adds `21-Nov-2026`, as the NHS writes a day for a person to read.
  mutating func addForDisplay(_ day: CivilDay) {
    let (year, month, dayOfMonth) = day.components
    add(dayOfMonth, width: 2)
    add("-")
    add(Self.monthNames[month - 1])
    add("-")
    add(year, width: 4)
  }

  /// Adds `21-Nov-2026 14:02`.
  mutating func addForDisplay(_ time: CivilTime) {
    addForDisplay(time.day)
    add(" ")
    addClock(time, separator: ":")
  }

  /// Adds a day in ISO 8601, `yyyy-MM-dd`, or without the separators.
  mutating func add(_ day: CivilDay, separator: String) {
    let (year, month, dayOfMonth) = day.components
    add(year, width: 4)
    add(separator)
    add(month, width: 2)
    add(separator)
    add(dayOfMonth, width: 2)
  }

  /// Adds hours and minutes.
  mutating func addClock(_ time: CivilTime, separator: String) {
    add(time.minuteOfDay / 60, width: 2)
    add(separator)
    add(time.minuteOfDay % 60, width: 2)
  }

  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

extension Int {
  /// The number with what it counts: `1 record`, `2 records`.
  ///
  /// - Parameter many: what more than one, or none, are called; with an "s" unless given.
  package func counted(_ one: String, _ many: String? = nil) -> String {
    "\(self) \(self == 1 ? one : many ?? one + "s")"
  }
}

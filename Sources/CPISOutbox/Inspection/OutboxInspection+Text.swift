#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
internal import CPIS

extension OutboxInspection {
  /// The whole report, a line for each fact, at an instant: ages count to it.
  public func displayText(at now: Date) -> String {
    var lines = [verdict.displayText, "\(counters)"]
    if counters.lost > 0 {
      lines.append(
        "Lost to damage, now or earlier: \(counters.lost). What was lost at the very end is not counted.")
    }
    if isInUse == true { lines.append("An outbox has the folder open: this is the state of a moment.") }
    lines.append(
      Self.count(segments.count, "segment", "segments", before: "Journal: ")
        + Self.count(segments.reduce(0) { $0 + $1.bytes }, "byte", "bytes", before: ", ")
        + Self.count(segments.reduce(0) { $0 + $1.frames }, "frame", "frames", before: ", ")
        + Self.count(rememberedDeliveries, "delivery", "deliveries", before: "; ") + " remembered")
    for kind in OutboxItem.Kind.allCases {
      let pending = items.filter { $0.key.kind == kind && $0.parking == nil }
      guard let oldest = pending.map(\.acceptedAt).min() else { continue }
      lines.append("Pending \(kind): \(pending.count), the oldest for \(Self.age(oldest, now))")
    }
    for item in items {
      guard let parking = item.parking else { continue }
      lines.append(
        "Parked \(item.key): \(parking.reason.rawValue), for \(Self.age(parking.since, now)), "
          + Self.count(Int(item.tries.count), "try", "tries", before: "after "))
    }
    // What stands in the file may be anything, and must not pass for a line of ours.
    let keys = Set(items.compactMap(\.sealedWith).map { $0.filter { $0.isASCII && !$0.isWhitespace && $0 > " " } })
      .sorted()
    let unsealed = items.count { $0.sealedWith == nil }
    if !keys.isEmpty { lines.append("Sealed with: \(keys.joined(separator: ", "))") }
    if unsealed > 0 { lines.append("Not sealed: \(unsealed)") }
    lines += findings.map { ($0.isDamage ? "Damage: " : "Found: ") + $0.description }
    return lines.joined(separator: "\n")
  }

  private static func count(_ number: Int, _ one: String, _ many: String, before: String) -> String {
    "\(before)\(number) \(number == 1 ? one : many)"
  }

  private static func age(_ since: Date, _ now: Date) -> String {
    let minutes = Int((min(max(now.timeIntervalSince(since), 0), 1e10) / 60).rounded(.down))
    if minutes < 120 { return "\(minutes) min" }
    return minutes < 2880 ? "\(minutes / 60) h" : "\(minutes / 1440) days"
  }
}

extension OutboxInspection.Verdict {
  /// The verdict in a sentence.
  public var displayText: String {
    switch self {
    case .damaged: "NOT sound: see the findings."
    case .notTrusted: "NOT trusted: see the findings."
    case .quarantined: "Quarantined bytes wait for a person; all else holds."
    case .sound: "Sound."
    }
  }
}

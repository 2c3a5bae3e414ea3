public import CPIS

/// How many of an authority's records were matched, against what it needs to go live.
public struct GoLiveReport: Hashable, Sendable {
  /// The share of records, in hundredths, that an authority must have matched before it goes live [P].
  public static let requiredPercentage = 95

  /// The authority.
  public let authority: ODSCode
  /// The file that was measured: the latest that was accepted.
  public let fileID: UploadFileID
  /// How many of its records are in scope: all but those of patients who are 18 or over [D].
  public let inScope: Int
  /// How many of these were matched with demographics and loaded.
  public let matched: Int

  /// The share of records in scope that were matched, 0 to 100; `nil` when none is in scope.
  public var percentage: Double? { inScope > 0 ? Double(matched) * 100 / Double(inScope) : nil }

  /// Whether it suffices. A file without records in scope shows nothing, and does not.
  public var isSufficient: Bool { inScope > 0 && matched * 100 >= inScope * Self.requiredPercentage }
}

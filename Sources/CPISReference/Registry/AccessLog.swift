internal import CPIS

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The unscheduled accesses to one child's record.
struct AccessLog {
  struct Access {
    let id: TraceID
    let time: Date
    let author: Author
    let organisation: Organisation
    /// The authorities that were told.
    var told: Set<ODSCode>
  }

  /// The time in which a further view by the same author is not listed.
  static let quietPeriod: TimeInterval = 24 * 3600

  private var accesses: [Access] = []
  private var places: [TraceID: Int] = [:]

  /// Keeps an access, once for each trace id.
  ///
  /// - Returns: the access as first kept, and those of the authorities that were not told of it before. A repeat
  ///   tells only an authority whose plan came between the first time and this one.
  mutating func keep(_ context: AccessContext, at time: Date, responsible: [ODSCode]) -> (Access, [ODSCode]) {
    let place: Int
    if let known = places[context.traceID] {
      place = known
    } else {
      place = accesses.count
      places[context.traceID] = place
      accesses.append(
        Access(
          id: context.traceID, time: time, author: context.author, organisation: context.organisation, told: []))
    }
    let untold = responsible.filter { !accesses[place].told.contains($0) }
    accesses[place].told.formUnion(untold)
    return (accesses[place], untold)
  }

  /// The history to show: the most recent ones, at most `AccessHistory.limit`, and most recent first.
  ///
  /// The same author (user id and organisation) within 24 hours of a listed view is not listed again; views
  /// 20 hours apart are therefore listed every other time, and a view exactly 24 hours on is listed [D].
  /// - Complexity: O(*n* log *n*) for *n* accesses to this child.
  func listed() -> [AccessHistory.Entry] {
    struct Viewer: Hashable {
      let isSystem: Bool
      let identifier: String
      let organisation: ODSCode
    }
    var lastListed: [Viewer: Date] = [:]
    var listed: [AccessHistory.Entry] = []
    // Declarations come late, so the order of arrival is not that of the accesses.
    for access in accesses.sorted(by: { $0.time < $1.time }) {
      var isSystem = false
      if case .system = access.author { isSystem = true }
      let viewer = Viewer(
        isSystem: isSystem, identifier: access.author.identifier, organisation: access.organisation.code)
      if let last = lastListed[viewer], access.time.timeIntervalSince(last) < Self.quietPeriod { continue }
      lastListed[viewer] = access.time
      listed.append(
        AccessHistory.Entry(
          time: access.time, viewerName: access.author.displayName, jobRole: access.author.displayRole,
          organisationName: access.organisation.name))
    }
    return listed.suffix(AccessHistory.limit).reversed()
  }
}

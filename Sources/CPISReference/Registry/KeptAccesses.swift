internal import CPIS

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The unscheduled accesses to one child's record.
struct KeptAccesses {
  struct Kept {
    let access: Access
    /// The authorities that were told.
    var told: Set<ODSCode>
  }

  /// The time in which a further view by the same author is not listed.
  static let quietPeriod: TimeInterval = 24 * 3600

  private var accesses: [Kept] = []
  private var places: [Access.ID: Int] = [:]

  /// Keeps an access, once for each identity.
  ///
  /// - Returns: the access as first kept, and those of the authorities that were not told of it before. A repeat
  ///   tells only an authority whose plan came between the first time and this one.
  mutating func keep(_ access: Access, responsible: [ODSCode]) -> (Access, [ODSCode]) {
    let place: Int
    if let known = places[access.id] {
      place = known
    } else {
      place = accesses.count
      places[access.id] = place
      accesses.append(Kept(access: access, told: []))
    }
    let untold = responsible.filter { !accesses[place].told.contains($0) }
    accesses[place].told.formUnion(untold)
    return (accesses[place].access, untold)
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
    for access in accesses.map(\.access).sorted(by: { $0.time < $1.time }) {
      let (author, organisation) = (access.context.author, access.context.organisation)
      var isSystem = false
      if case .system = author { isSystem = true }
      let viewer = Viewer(
        isSystem: isSystem, identifier: author.identifier, organisation: organisation.code)
      if let last = lastListed[viewer], access.time.timeIntervalSince(last) < Self.quietPeriod { continue }
      lastListed[viewer] = access.time
      listed.append(
        AccessHistory.Entry(
          time: access.time, viewerName: author.displayName, jobRole: author.displayRole,
          organisationName: organisation.name))
    }
    return listed.suffix(AccessHistory.limit).reversed()
  }
}

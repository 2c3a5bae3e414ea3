internal import CPIS
internal import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension RegistryState {
  /// Has each authority with a plan shown under a number told, once, that the number is out of use. Told again
  /// only when its replacements have changed [D].
  mutating func noteInactive(_ number: NHSNumber, on day: CivilDay, at now: Date) {
    guard let replacements = demographics.replacements(of: number), let place = patients.place(of: number)
    else { return }
    for held in Self.latestByAuthority(patients[place].visiblePlans(on: day)) {
      let code = held.plan.authority.code
      let key = InactiveKey(authority: code, number: number)
      guard let authority = authorities[code], toldInactive[key] != replacements else { continue }
      toldInactive[key] = replacements
      let notice = InactiveNumberNotice(
        id: ids.next(), creationTime: now, recipient: authority.details, oldNumber: number,
        replacements: replacements, fileID: held.fileID)
      due.append(DueNotice(notice: .inactiveNumber(notice)))
    }
  }

  /// Builds what each authority is to be told of since the last window, in the order of their codes.
  mutating func closeWindow(includingEmpty: Bool, at now: Date) {
    let day = UnitedKingdomTime.day(at: now)
    // An authority hears of a number out of use even when nobody asks about it any more.
    for number in demographics.supersededNumbers { noteInactive(number, on: day, at: now) }
    for (code, authority) in authorities.sorted(by: { $0.key < $1.key }) {
      guard includingEmpty || !authority.pending.isEmpty else { continue }
      let groups = Dictionary(grouping: authority.pending, by: \.fileID).sorted { $0.key < $1.key }
        .map { fileID, pending in
          AccessToServiceNotification.FileGroup(
            fileID: fileID, accesses: pending.map(\.entry).sorted { $0.time < $1.time })
        }
      let notice = AccessToServiceNotification(
        id: ids.next(), creationTime: now, recipient: authority.details, groups: groups)
      due.append(DueNotice(notice: .accessToService(notice)))
      authorities[code]?.pending = []
    }
  }

  /// Hands out the first due notice that no sink is being offered and that is not among those already tried.
  mutating func offerNext(skipping tried: Set<UUID>) -> Notice? {
    guard let place = due.firstIndex(where: { !$0.isOffered && !tried.contains($0.notice.id) }) else { return nil }
    due[place].isOffered = true
    return due[place].notice
  }

  /// Drops a notice that a sink took over, or keeps it for the next try.
  mutating func settle(_ id: UUID, wasAccepted: Bool) {
    guard let place = due.firstIndex(where: { $0.notice.id == id }) else { return }
    if wasAccepted { due.remove(at: place) } else { due[place].isOffered = false }
  }

  /// Hands over every due notice that no sink is being offered.
  mutating func takeNotices() -> [Notice] {
    let taken = due.filter { !$0.isOffered }.map(\.notice)
    due.removeAll { !$0.isOffered }
    return taken
  }
}

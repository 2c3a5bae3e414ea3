import CPIS
import Foundation
import NHSNumbers

// guide begins
/// Yours: bytes under a number, sealed at rest, each row with the last day on which it may be kept.
protocol SealedTable: Sendable {
  func row(for patient: NHSNumber) async throws -> [UInt8]?
  func put(_ row: [UInt8], for patient: NHSNumber, lastDay: CivilDay?) async throws
  func removeRow(for patient: NHSNumber) async throws
  func removeRows(lastDayBefore day: CivilDay) async throws
  func removeAll() async throws
}

struct TableCache: FlagCache {
  let table: any SealedTable

  func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer? {
    let row: [UInt8]?
    do { row = try await table.row(for: patient) } catch { throw CacheError(.unavailable) }
    guard let row else { return nil }
    // The answer as it was stored, with its own time. How old is too old, the service decides.
    do { return try CachedAnswer(stored: row) } catch { throw CacheError(.corrupted) }
  }

  func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError) {
    // Answers may come in another order than that in which they were asked for.
    if let kept = try? await entry(for: patient), kept.asOf > answer.asOf { return }
    do {
      try await table.put(try answer.stored(), for: patient, lastDay: answer.lastUsableDay)
    } catch {
      throw CacheError(.unavailable)
    }
  }

  func remove(_ scope: CacheScope) async throws(CacheError) {
    do {
      switch scope {
      case .patient(let patient): try await table.removeRow(for: patient)
      // An answer goes whole on the day after its last one.
      case .expired(let instant): try await table.removeRows(lastDayBefore: UnitedKingdomTime.day(at: instant))
      case .everything: try await table.removeAll()
      }
    } catch {
      throw CacheError(.unavailable)
    }
  }
}
// guide ends

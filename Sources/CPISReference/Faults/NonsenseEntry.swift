internal import CPIS
internal import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// An entry of a cache that cannot be trusted. Where the cache keeps nothing, nothing is distorted.
public enum NonsenseEntry: Hashable, Sendable, CaseIterable {
  /// The entry of another patient.
  case wrongPatient
  /// That no plan is recorded, about another patient.
  case noneForAnotherPatient
  /// An entry that claims to be a day younger than it is, and so may lie in the future.
  case fromTheFuture
  /// An entry that should have been forgotten long ago.
  case longPast
  /// An entry of which some could not be read.
  case partial
}

extension NonsenseEntry {
  func distort(_ entry: CachedAnswer) -> CachedAnswer {
    let answer = entry.answer
    switch self {
    case .wrongPatient:
      return CachedAnswer(
        answer: RegistryAnswer(
          patient: answer.patient.neighbour, finding: answer.finding, validThrough: answer.validThrough),
        asOf: entry.asOf)
    case .noneForAnotherPatient:
      return CachedAnswer(
        answer: RegistryAnswer(patient: answer.patient.neighbour, finding: .noPlanUnderThisNumber),
        asOf: entry.asOf)
    case .fromTheFuture: return CachedAnswer(answer: answer, asOf: entry.asOf.addingTimeInterval(86_400))
    case .longPast: return CachedAnswer(answer: answer, asOf: entry.asOf.addingTimeInterval(-400 * 86_400))
    case .partial:
      guard case .plans(let plans, _) = answer.finding else { return entry }
      return CachedAnswer(
        answer: RegistryAnswer(
          patient: answer.patient, finding: .plans(plans, .partial(unreadableEntries: 1)),
          validThrough: answer.validThrough),
        asOf: entry.asOf)
    }
  }
}

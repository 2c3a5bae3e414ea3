internal import CPIS
public import NHSNumbers
internal import Synchronization

extension ReferenceRegistry {
  /// Makes a patient known to the demographics service.
  public func add(_ person: Demographics.Person) { state.withLock { $0.demographics.add(person) } }

  /// Marks a demographics record as sensitive, or no longer so. Sensitive records cannot be loaded (CPR02).
  public func setSensitive(_ isSensitive: Bool, for number: NHSNumber) {
    state.withLock { $0.demographics.setSensitive(isSensitive, for: number) }
  }

  /// Takes a number out of use: from now on it finds nothing, and the authorities with a plan under it get a
  /// notice, at the next query or the end of the window.
  ///
  /// - Parameters:
  ///   - number: the number that is no longer used.
  ///   - replacements: the numbers to use instead; empty after an adoption or an invalidation.
  public func supersede(_ number: NHSNumber, by replacements: [NHSNumber]) {
    state.withLock { $0.demographics.supersede(number, by: replacements) }
  }

  /// Says whether the demographics service answers. While it does not, uploads get CPF05; queries do not need it.
  public func setDemographics(isAvailable: Bool) {
    state.withLock { $0.demographics.isAvailable = isAvailable }
  }

  /// What the demographics service knows of a number.
  public func demographicStatus(of number: NHSNumber) -> Demographics.Status {
    state.withLock { $0.demographics.status(of: number) }
  }
}

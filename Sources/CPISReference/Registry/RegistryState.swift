internal import CPIS
internal import NHSNumbers

/// All that the registry knows, and how it changes: a value, with time given to every method.
struct RegistryState {
  /// What a local authority has sent, taken together.
  struct AuthorityRecord {
    /// Its name and phones, as the latest accepted file gave them: they hold for all its plans [D].
    var details: LocalAuthority
    /// The accesses that it is still to be told of.
    var pending: [PendingAccess] = []
  }

  /// An access that an authority is to be told of.
  struct PendingAccess {
    let fileID: UploadFileID
    let entry: AccessToServiceNotification.Entry
  }

  /// A notice that is built and that nobody has taken over yet.
  struct DueNotice {
    let notice: Notice
    /// Whether a sink is being asked to take it, so that no second one is.
    var isOffered = false
  }

  /// Which authority was told of which number that it is out of use.
  struct InactiveKey: Hashable {
    let authority: ODSCode
    let number: NHSNumber
  }

  var demographics: Demographics
  var patients = PatientTable()
  var authorities: [ODSCode: AuthorityRecord] = [:]
  /// The id of the latest accepted file of each authority that has sent one.
  var lastFileIDs: [ODSCode: UploadFileID] = [:]
  var goLive: [ODSCode: GoLiveReport] = [:]
  var unsupportedSenders: Set<ODSCode> = []
  var due: [DueNotice] = []
  var toldInactive: [InactiveKey: [NHSNumber]] = [:]
  let ids: IdentitySource

  init(demographics: Demographics, seed: UInt64) {
    self.demographics = demographics
    self.ids = IdentitySource(seed: seed)
  }

  /// Keeps an authority's details, in place of earlier ones.
  mutating func update(_ details: LocalAuthority) {
    authorities[details.code, default: AuthorityRecord(details: details)].details = details
  }

  /// Keeps a plan under a number.
  ///
  /// - Parameter birthDay: the patient's birth date; `nil` leaves what is known.
  mutating func put(_ held: HeldPlan, for number: NHSNumber, bornOn birthDay: CivilDay?) {
    let place = patients.placeForWriting(number)
    patients.change(place) { entry in
      if let birthDay { entry.birthDay = birthDay }
      entry.put(held)
    }
  }

  /// Withdraws a plan that was recorded in error.
  mutating func withdraw(_ identity: Plan.Identity, for number: NHSNumber) {
    guard let place = patients.place(of: number) else { return }
    patients.change(place) { $0.withdraw(identity) }
  }
}

public import CPIS
internal import Synchronization

extension ReferenceRegistry {
  /// Takes in a whole upload.
  ///
  /// - Returns: what became of it, for the authority.
  /// - Complexity: O(*n*) for *n* records. Queries wait only while the checked records are put in place.
  public func ingest(_ upload: LocalAuthorityUpload) -> UploadAcknowledgement {
    var session = beginUpload(upload.header)
    for record in upload.records { session.add(record) }
    return session.finish()
  }

  /// Begins to take in an upload record by record, as it is read.
  public func beginUpload(_ header: UploadHeader) -> UploadSession {
    let day = UnitedKingdomTime.day(at: clock.now)
    let refusal = state.withLock { $0.refusal(of: header) }
    return UploadSession(registry: self, staged: StagedUpload(header: header, on: day, refusal: refusal))
  }

  /// Refuses a file that could not be read far enough to begin: CPF01, and nothing changes.
  ///
  /// - Parameters:
  ///   - sender: who sent it, as the file or the mailbox says.
  ///   - fileID: the file's id; `nil` when it could not be read, which the message writes as −1.
  ///   - recordCount: the count it gives; `nil` when it could not be read.
  public func refuseUnreadable(
    from sender: UploadSender, fileID: UploadFileID?, recordCount: Int?
  ) -> UploadAcknowledgement {
    UploadAcknowledgement(
      creationTime: clock.now, fileID: fileID, recordCount: recordCount, recipient: sender, fileCode: .fileError,
      loadedCount: 0, failedCount: 0, rejected: [])
  }

  /// Says whether the version that a sender uses is still supported. While it is not, its files get CPF06.
  public func setVersion(of sender: ODSCode, isSupported: Bool) {
    state.withLock { state in
      if isSupported { state.unsupportedSenders.remove(sender) } else { state.unsupportedSenders.insert(sender) }
    }
  }

  /// How many records of an authority's latest accepted file were matched; `nil` when none was accepted yet.
  public func goLiveReport(for authority: ODSCode) -> GoLiveReport? { state.withLock { $0.goLive[authority] } }
}

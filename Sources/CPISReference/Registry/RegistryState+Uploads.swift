internal import CPIS

extension RegistryState {
  /// Why a file is refused as a whole before its records are looked at; `nil` when it is not.
  ///
  /// Version first: what an unsupported version means by its numbers is not known. Then the file id, then
  /// demographics, so that a file to be sent again is one that would be taken.
  func refusal(of header: UploadHeader) -> UploadFileCode? {
    let code = header.sender.code
    if unsupportedSenders.contains(code) { return .versionUnsupported }
    if let last = lastFileIDs[code], header.fileID <= last { return .fileError }
    if !demographics.isAvailable { return .demographicsUnavailable }
    return nil
  }

  /// Loads what a file holds, all at once, unless the file is refused after all.
  ///
  /// - Returns: the file code.
  mutating func load(_ staged: StagedUpload, recordsRead: Int) -> UploadFileCode {
    let header = staged.header
    // Looked at again: another file of this authority may have been accepted since the first look.
    if let refusal = staged.refusal ?? refusal(of: header) { return refusal }
    guard recordsRead == header.declaredRecordCount else { return .fileError }
    lastFileIDs[header.sender.code] = header.fileID
    if let authority = staged.authority { update(authority) }
    for record in staged.accepted {
      for change in record.changes {
        switch change {
        case .put(let plan):
          let held = HeldPlan(plan: plan, fileID: header.fileID, localID: record.localID)
          put(held, for: record.number, bornOn: record.birthDay)
        case .withdraw(let identity): withdraw(identity, for: record.number)
        }
      }
    }
    goLive[header.sender.code] = GoLiveReport(
      authority: header.sender.code, fileID: header.fileID, inScope: recordsRead - staged.outOfScopeCount,
      matched: staged.accepted.count)
    if staged.rejected.isEmpty { return .allLoaded }
    return staged.accepted.isEmpty ? .noneLoaded : .someLoaded
  }
}

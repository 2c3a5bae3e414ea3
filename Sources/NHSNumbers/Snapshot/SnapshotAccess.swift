/// How a snapshot file is brought into memory.
public enum SnapshotAccess: Hashable, Sendable {
  /// The file's pages are used as they lie, shared with every process that opens it, read when first needed.
  ///
  /// A mapping shows later changes to the file, and ends the process with `SIGBUS` where the file was cut
  /// short. Its owner can do either, and so can anyone who has it open for writing since it was theirs to write to.
  /// A file that is another user's (other than root's), or that others may write to, is therefore refused; one
  /// whose permissions were repaired is not, and cannot be told from one that was never open to others: write such a
  /// file anew instead. This library never changes a snapshot in place: it replaces the file, and mappings go on
  /// showing the old one. Do the same, and never copy over a snapshot in use.
  case mapped

  /// The file is read into private memory before it is checked. Whatever happens to it later has no effect.
  /// For files whose owner is not trusted, and for network file systems.
  case copied
}

/// How much of a snapshot is checked before use.
public enum SnapshotVerification: Hashable, Sendable {
  /// The checksum, against damage; and all that keeps every later read inside the snapshot, against malice.
  ///
  /// What remains to somebody who may write the file, is to leave numbers out or put others in, which no
  /// check could notice, and to let lookup and iteration disagree, which ``everyNumber`` notices.
  case structure

  /// Also that every number is a valid NHS number, in order, and found by a lookup, and that no bit is set without a
  /// number: that this library could have written the file. It takes thirty to fifty times as
  /// long.
  case everyNumber
}

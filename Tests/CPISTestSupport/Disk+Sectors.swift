extension Disk {
  /// What a power cut may leave when sectors of a write reach the disk in any order: of each unsynced write every
  /// choice of its sectors, with the file at its full length or ending after the last of them.
  ///
  /// - Parameter sector: the bytes of a sector. Smaller ones than any disk's make more states of short writes.
  package func crashesBySector(of sector: Int = 512) -> [Crash] {
    let durable = Disk(folder: folder, files: durableNames.mapValues { inodes[$0]?.durable ?? [] })
    var crashes: [Crash] = []
    for (path, number) in durableNames {
      guard let inode = inodes[number] else { continue }
      var before = inode.durable
      for change in inode.unsynced {
        if case .write(let offset, let new) = change {
          for bytes in Self.choices(of: sector, writing: new, at: offset, over: before) {
            let files = durable.files.merging([path: bytes]) { $1 }
            crashes.append(Crash(disk: Disk(folder: folder, files: files), hasZeros: true))
          }
        }
        change.apply(to: &before)
      }
    }
    return crashes
  }

  private static func choices(
    of sector: Int, writing new: [UInt8], at offset: Int, over before: [UInt8]
  ) -> Set<[UInt8]> {
    let touched = Array(offset / sector...(offset + max(new.count, 1) - 1) / sector)
    guard touched.count <= 12 else { return [] }
    var choices: Set<[UInt8]> = []
    for choice in 0..<(1 << touched.count) {
      var bytes = before + [UInt8](repeating: 0, count: max(0, offset + new.count - before.count))
      var end = before.count
      for (place, number) in touched.enumerated() where choice & (1 << place) != 0 {
        let range = max(number * sector, offset)..<min((number + 1) * sector, offset + new.count)
        bytes.replaceSubrange(range, with: new[range.lowerBound - offset..<range.upperBound - offset])
        end = max(end, range.upperBound)
      }
      choices.insert(bytes)
      choices.insert(Array(bytes[..<end]))
    }
    return choices
  }
}

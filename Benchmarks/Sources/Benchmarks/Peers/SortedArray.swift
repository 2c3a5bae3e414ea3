/// Payloads in order, searched by halves.
struct SortedArray {
  private let payloads: [UInt32]

  init(_ payloads: [UInt32]) { self.payloads = payloads.sorted() }

  @inline(__always)
  func position(of payload: UInt32) -> Int? {
    payloads.withUnsafeBufferPointer { payloads in
      var low = 0
      var high = payloads.count
      while low < high {
        let middle = (low + high) / 2
        if payloads[middle] < payload { low = middle + 1 } else { high = middle }
      }
      return low < payloads.count && payloads[low] == payload ? low : nil
    }
  }
}

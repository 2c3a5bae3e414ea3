import Dispatch
import Foundation
import NHSNumbers

// AllPayloads [EVERY]
//
// For every payload (or every EVERY-th): the text with the right last digit and with a wrong one, plain and 3-3-4, must
// parse exactly when the rules of the NHS Data Dictionary say so. The rules are written down here a second time, digit by
// digit as one would on paper, and for each payload from the start. All payloads take ten minutes on two processors.

let every = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1 : 1
let million = 1_000_000

/// What the library reads, or -1.
@inline(__always)
func parsed(_ text: [UInt8]) -> Int {
  let number = try? NHSNumber(parsing: text.span)
  return number.map { Int($0.payload) } ?? -1
}

/// Checks a million payloads; returns how many were wrong.
func check(block: Int) -> Int {
  var wrong = 0
  var plain = [UInt8](repeating: 48, count: 10)
  var spaced = [UInt8](repeating: 32, count: 12)
  var payload = block * million
  while payload < (block + 1) * million {
    var rest = payload
    var sum = 0
    for place in (0..<9).reversed() {
      let digit = rest % 10
      rest /= 10
      sum += digit * (10 - place)
      plain[place] = UInt8(48 + digit)
      spaced[place + (place > 2 ? 1 : 0) + (place > 5 ? 1 : 0)] = UInt8(48 + digit)
    }
    let expected = (11 - sum % 11) % 11
    if (NHSNumber(payload: UInt32(payload)) != nil) != (expected < 10) { wrong += 1 }
    // The wrong one goes through all nine as the payloads go on.
    for last in [expected % 10, (expected + 1 + payload / every % 9) % 10] {
      plain[9] = UInt8(48 + last)
      spaced[11] = plain[9]
      let wanted = last == expected ? payload : -1
      if parsed(plain) != wanted { wrong += 1 }
      if parsed(spaced) != wanted { wrong += 1 }
    }
    payload += every
  }
  return wrong
}

let start = ContinuousClock.now
let results = UnsafeMutableBufferPointer<Int>.allocate(capacity: 1000)
nonisolated(unsafe) let wrongs = results
DispatchQueue.concurrentPerform(iterations: 1000) { block in wrongs[block] = check(block: block) }
let wrong = results.reduce(0, +)
print("every \(every). of 1,000,000,000 payloads: \(wrong) wrong, in \(start.duration(to: .now))")
exit(wrong == 0 ? 0 : 1)

/// Something to be measured was not done, or not all of it.
struct NotDone: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

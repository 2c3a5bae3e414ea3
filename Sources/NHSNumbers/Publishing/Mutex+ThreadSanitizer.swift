#if THREAD_SANITIZER
  // Exported so that every file of the modules above sees the stand-in's members, too.
  @_exported public import CPISFiles

  typealias Mutex = SanitizedMutex
#endif

import CFuse

// What libfuse calls. Plain functions: a closure that is handed to C can be taken for one of the main actor's.

/// Opens a device whose requests go to the `CharacterDevice` at `context`; nil with errno where that fails.
func cuseOpenSession(_ name: String, _ context: UnsafeMutableRawPointer) -> OpaquePointer? {
    var operations = cuse_lowlevel_ops()
    unsafe operations.open = cuseOpen
    unsafe operations.read = cuseRead
    unsafe operations.write = cuseWrite
    unsafe operations.release = cuseRelease
    unsafe operations.ioctl = cuseControl
    unsafe operations.poll = cusePoll
    return unsafe gatelog_cuse_open(name, &operations, context)
}

private func device(of request: fuse_req_t?) -> CharacterDevice {
    unsafe Unmanaged<CharacterDevice>.fromOpaque(fuse_req_userdata(request)).takeUnretainedValue()
}

private func cuseOpen(_ request: fuse_req_t?, _ file: UnsafeMutablePointer<fuse_file_info>?) {
    unsafe device(of: request).open(CuseRequest(request!), file!)
}

private func cuseRelease(_ request: fuse_req_t?, _ file: UnsafeMutablePointer<fuse_file_info>?) {
    unsafe device(of: request).release(CuseRequest(request!), file: file!.pointee.fh)
}

private func cuseRead(
    _ request: fuse_req_t?, _ length: Int, _ offset: off_t, _ file: UnsafeMutablePointer<fuse_file_info>?
) {
    // Reads of a stream begin at 0, each of them.
    let waits = unsafe file!.pointee.flags & O_NONBLOCK == 0
    unsafe device(of: request).read(CuseRequest(request!), length: length, isContinuation: offset > 0, waits: waits)
}

/// Records only come out.
private func cuseWrite(
    _ request: fuse_req_t?, _ bytes: UnsafePointer<CChar>?, _ length: Int, _ offset: off_t,
    _ file: UnsafeMutablePointer<fuse_file_info>?
) {
    unsafe CuseRequest(request!).answer(errno: ENODEV)
}

private func cuseControl(
    _ request: fuse_req_t?, _ command: Int32, _ place: UnsafeMutableRawPointer?,
    _ file: UnsafeMutablePointer<fuse_file_info>?, _ flags: UInt32, _ input: UnsafeRawPointer?, _ inputLength: Int,
    _ room: Int
) {
    unsafe device(of: request).control(
        CuseRequest(request!), UInt32(bitPattern: command), file: file!.pointee.fh, place,
        hasRoom: room >= MemoryLayout<Int32>.size)
}

private func cusePoll(
    _ request: fuse_req_t?, _ file: UnsafeMutablePointer<fuse_file_info>?, _ handle: OpaquePointer?
) {
    unsafe device(of: request).poll(CuseRequest(request!), file: file!.pointee.fh, CusePoll(handle))
}

func cuseInterrupted(_ request: fuse_req_t?, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context, let request = unsafe request else { return }
    unsafe Unmanaged<CharacterDevice>.fromOpaque(context).takeUnretainedValue().interrupt(CuseRequest(request))
}

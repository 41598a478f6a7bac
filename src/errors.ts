/** Every error that the library throws on purpose: `error instanceof IpvsError` asks "is this ours?". */
export abstract class IpvsError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** The command line (or one rule line) says something that ipvsadm does not accept. Nothing was sent to the kernel. */
export class UsageError extends IpvsError {
  /** Exit status of ipvsadm 1.31 for this mistake: 2 for its own checks, 255 where its option parser stops. */
  readonly exitCode: 2 | 255;

  /** @param message the text of ipvsadm 1.31, without the final line end */
  constructor(message: string, exitCode: 2 | 255 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** An option or command that does not exist. */
export class UnknownOptionError extends UsageError {
  /** The word as it was typed, with its dashes. */
  readonly word: string;
  /** True where a command had to stand: in the first place. */
  readonly first: boolean;

  constructor(message: string, word: string, first: boolean) {
    super(message, 255);
    this.word = word;
    this.first = first;
  }
}

/** A mistake in a rule file. Nothing of the file was applied. */
export class RuleError extends IpvsError {
  /** Line in the file, counted from 1. */
  readonly line: number;

  /** @param reason what is wrong with the line, without its number */
  constructor(
    line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`);
    this.line = line;
  }
}

/** The kernel refused an operation. */
export class KernelError extends IpvsError {
  /** Kernel name of the command that was refused, such as `IPVS_CMD_NEW_SERVICE`. */
  readonly operation: string;
  /** Positive error number as in errno(3). */
  readonly errno: number;
  /** Symbolic name of `errno`, such as `EEXIST`; `E<number>` when the system has no name for it. */
  readonly code: string;

  constructor(operation: string, errno: number, code: string, message = `${operation}: ${code}`) {
    super(message);
    this.operation = operation;
    this.errno = errno;
    this.code = code;
  }
}

/** Bytes from the kernel (or a file) do not have the shape that they should have. */
export class DecodeError extends IpvsError {}

/** The socket could not be opened or used, or the kernel has no IPVS. */
export class TransportError extends IpvsError {
  /** Symbolic errno where there is one. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

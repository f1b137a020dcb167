/// Names that would hide others in a project, by language.
///
/// A Swift module and its type hide types that the environment uses; a Python file hides the module of its name from
/// everything that is imported after it.
enum ReservedNames {
    /// Types and modules that a new environment in Swift sees or has, and the most usual ones of the standard library.
    static let swift = words(
        """
        Any Array Bool Character Collection Data Dictionary Double Error Float Foundation FoundationEssentials Glibc
        Hashable Int Int32 Int64 JSONDecoder JSONEncoder Never Optional Protocol Range Result Self Sequence Set
        String Substring Swift Task Testing Type UInt UInt32 UInt64 UInt8 Void XCTest ActionElement ActionSpace
        AgentSpecification ArgumentParser ArgusEnvAPI ArgusHost ArgusOrch BaselineDescriptor Bounds CArgusEnv
        Capability CounterRandom Environment EnvironmentDescriptor EnvironmentExport EnvironmentSpecification
        EpisodeFailure Frame MetricDescriptor NumpyGenerator PCG64 ParameterDescriptor ParameterError ParameterKind
        ParameterValue ParameterValues Plugin RewardScope Row Rows RulesError SeedSequence Segment SplitMix64
        StateSpecification Yams Attachment Bug Comment Confirmation Issue Suite Tag Test Trait Episode Move State
        Worker
        """)

    /// Python's keywords, the modules of its standard library, and the packages that a peer and its test import.
    static let python = words(
        """
        abc aifc and annotationlib antigravity argparse argus_env array as assert ast async asynchat asyncio
        asyncore atexit audioop await base64 bdb binascii bisect break builtins bz2 calendar case cgi cgitb chunk
        class cmath cmd code codecs codeop collections colorsys compileall compression concurrent configparser
        conftest contextlib contextvars continue copy copyreg cprofile crypt csv ctypes curses dataclasses datetime
        dbm decimal def del difflib dis distutils doctest elif else email encodings ensurepip enum errno except
        faulthandler fcntl filecmp fileinput finally fnmatch for fractions from ftplib functools gc genericpath
        getopt getpass gettext glob global graphlib grp gzip hashlib heapq hmac html http idlelib if imaplib imghdr
        imp import importlib in inspect io ipaddress is itertools json keyword lambda lib2to3 linecache locale
        logging lzma mailbox mailcap marshal match math mimetypes mmap modulefinder msilib msvcrt multiprocessing
        netrc nis nntplib nonlocal not nt ntpath nturl2path numbers numpy opcode operator optparse or os ossaudiodev
        pass pathlib pdb pickle pickletools pip pipes pkgutil platform plistlib poplib posix posixpath pprint
        profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat pytest queue quopri raise random re
        readline reprlib resource return rlcompleter runpy sched secrets select selectors setuptools shelve shlex
        shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse
        ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile
        telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace
        traceback tracemalloc try tty turtle turtledemo type types typing unicodedata unittest urllib uu uuid venv
        warnings wave weakref webbrowser while winreg winsound with wsgiref xdrlib xml xmlrpc yield zipapp zipfile
        zipimport zlib zmq zoneinfo
        """)

    /// What a new environment in Python imports or uses by these names.
    static let pythonTypes = words("Annotated False None Range Sequence True ValueError")

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}

//! Getting at a file's text.

use antipode_files::{LoadError, MAX_BYTES, Source};
use std::fs::File;
use std::path::Path;

#[test]
fn a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.toml");
    let file = File::create(&path).unwrap();
    file.set_len(MAX_BYTES).unwrap();
    assert!(Source::load(&path).is_ok());
    file.set_len(MAX_BYTES + 1).unwrap();
    assert!(
        matches!(Source::load(&path), Err(LoadError::TooLarge { bytes, .. }) if bytes == MAX_BYTES + 1)
    );
    // Far more than could be allocated: only its size is looked at.
    file.set_len(1 << 40).unwrap();
    assert!(matches!(Source::load(&path), Err(LoadError::TooLarge { .. })));
}

#[test]
fn what_is_not_a_regular_file_is_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Source::load(&folder.path().join("none.toml")).unwrap_err();
    assert!(missing.is_missing(), "{missing}");
    let folder_error = Source::load(folder.path()).unwrap_err();
    assert!(folder_error.to_string().contains("is a folder, not a file"), "{folder_error}");
    assert!(!folder_error.is_missing());
    #[cfg(unix)]
    {
        let device = Source::load(Path::new("/dev/zero")).unwrap_err();
        assert!(device.to_string().contains("a pipe, socket or device"), "{device}");
        // A socket stands for everything that opening could hang on.
        let socket = folder.path().join("socket");
        let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(matches!(Source::load(&socket), Err(LoadError::NotAFile { .. })));
        drop(listener);
        // A link to a device is a device.
        let link = folder.path().join("link.toml");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert!(matches!(Source::load(&link), Err(LoadError::NotAFile { .. })));
    }
}

#[test]
fn bytes_that_are_not_text_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.toml");
    std::fs::write(&path, b"title = \"M\xfcller\"").unwrap();
    let error = Source::load(&path).unwrap_err();
    assert!(matches!(error, LoadError::NotText { offset: 10, .. }), "{error}");
    assert!(error.to_string().contains("byte 10 is not valid UTF-8"), "{error}");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marked.toml");
    std::fs::write(&path, "\u{feff}schema = 1").unwrap();
    assert_eq!(Source::load(&path).unwrap().text(), "schema = 1");
}

#[test]
fn positions_count_characters_from_one() {
    let source = Source::new("x", "ä = 1\nöö = 2\n");
    assert_eq!(source.position(0), (1, 1));
    assert_eq!(source.position("ä = 1\nöö".len()), (2, 3));
    // Inside a character, past the end: the nearest place before.
    assert_eq!(source.position(1), (1, 1));
    assert_eq!(source.position(1_000), (3, 1));
}

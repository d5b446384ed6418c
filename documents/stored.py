"""A document as JSON text, checked as it is read back: what wrote it may have read something hostile."""

from pydantic import TypeAdapter

from documents.document import Document

DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)

// A file of its own, so that it can be loaded when it is needed: a CommonJS package has no names when it is imported lazily.
export { Client, GraphClientError, ResponseType } from '@microsoft/microsoft-graph-client';

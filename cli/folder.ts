/** Where journals, run files and counterexamples go unless told otherwise. */
export const FOLDER = '.conformance';

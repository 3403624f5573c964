// An input or a model that is not taken; its message is a sentence for readers.
export class Refused extends Error {
  constructor(message) {
    super(message);
    this.name = "Refused";
  }
}
